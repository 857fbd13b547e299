import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { Action, Row } from './action'
import { callActions } from './call-actions'
import { conversationActions } from './conversation-actions'
import { lookActions } from './look-actions'
import { cyclePanes, focusComposer } from './panes'

const texts = messages.palette.actions
const firstHub = (app: AppState) => app.conversations.current?.hub ?? app.session.hubs[0]?.id ?? ''

/** step opens the conversation so many places below (or above) the open one. */
function step(by: number, unread: boolean) {
  return (app: AppState) => {
    const hubs = app.session.hubs.map((hub) => hub.id)
    const next = app.conversations.neighbour(by, hubs, unread)
    if (next) app.open(next)
  }
}

const quiet = (app: AppState) => app.settings.value.doNotDisturb

const general: Row[] = [
  {
    id: 'palette',
    shortcut: 'Mod+K',
    hidden: true,
    run: (app) => app.view.show({ kind: 'palette' })
  },
  {
    id: 'search',
    shortcut: 'Mod+Shift+F',
    keywords: 'find',
    run: (app) => app.view.show({ kind: 'search' })
  },
  {
    id: 'newDirect',
    shortcut: 'Mod+N',
    keywords: 'write direct person',
    run: (app) => app.view.show({ kind: 'newDirect', hub: firstHub(app) })
  },
  {
    id: 'newChannel',
    shortcut: 'Mod+Shift+N',
    keywords: 'create room group',
    run: (app) => app.view.show({ kind: 'newChannel', hub: firstHub(app) })
  },
  {
    id: 'channels',
    keywords: 'join rooms list',
    run: (app) => app.view.show({ kind: 'channels', hub: firstHub(app) })
  },
  {
    id: 'addHub',
    keywords: 'server connect invite link',
    run: (app) => app.view.show({ kind: 'addHub' })
  },
  {
    id: 'settings',
    shortcut: 'Mod+,',
    keywords: 'preferences options',
    run: (app) => app.view.show({ kind: 'settings' })
  },
  {
    id: 'shortcuts',
    shortcut: 'Mod+/',
    keywords: 'keys help',
    run: (app) => app.view.show({ kind: 'shortcuts' })
  },
  {
    id: 'quiet',
    keywords: 'dnd silence notifications mute all',
    when: (app) => !quiet(app),
    run: (app) => app.settings.change({ doNotDisturb: true })
  },
  {
    id: 'loud',
    keywords: 'dnd notifications unmute',
    when: quiet,
    run: (app) => app.settings.change({ doNotDisturb: false })
  },
  { id: 'next', shortcut: 'Alt+ArrowDown', hidden: true, run: step(1, false) },
  { id: 'previous', shortcut: 'Alt+ArrowUp', hidden: true, run: step(-1, false) },
  { id: 'nextUnread', shortcut: 'Alt+Shift+ArrowDown', run: step(1, true) },
  { id: 'previousUnread', shortcut: 'Alt+Shift+ArrowUp', hidden: true, run: step(-1, true) },
  { id: 'nextPane', shortcut: 'F6', hidden: true, run: () => cyclePanes(1) },
  { id: 'previousPane', shortcut: 'Shift+F6', hidden: true, run: () => cyclePanes(-1) },
  {
    id: 'phrase',
    keywords: 'words backup seed',
    when: (app) => !app.settings.value.phraseConfirmed,
    run: (app) => app.view.show({ kind: 'phrase' })
  },
  {
    id: 'write',
    hidden: true,
    shortcut: 'Alt+W',
    when: (app) => !!app.conversations.current,
    run: focusComposer
  }
]

/** actions are all of them: the palette, the list of keys and the keys themselves come from here. */
export const actions: readonly Action[] = [
  ...[...general, ...lookActions].map((one) => ({
    ...one,
    title: texts[one.id as keyof typeof texts],
    group: 'app' as const
  })),
  ...conversationActions,
  ...callActions
]
