import type { AppState } from '$lib/state/app.svelte'

/** Action is something that a person can do from anywhere: by its name in the palette, or by its keys. */
export interface Action {
  id: string
  title: string
  /** Other words for it. */
  keywords?: string
  /** Where the list of keys shows it. */
  group: 'app' | 'conversation' | 'call'
  /** Such as "Mod+K", where Mod is Control or, on a Mac, Command. */
  shortcut?: string
  /** The palette does not list what only makes sense by its keys. */
  hidden?: boolean
  /** Its keys work over dialogs, too. */
  always?: boolean
  when?: (app: AppState) => boolean
  run: (app: AppState) => unknown
}

/** Row is an action before its title is put to it. */
export type Row = Omit<Action, 'title' | 'group'>
