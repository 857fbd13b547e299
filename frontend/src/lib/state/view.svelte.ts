export type SettingsPage =
  | 'profile'
  | 'appearance'
  | 'notifications'
  | 'privacy'
  | 'calls'
  | 'hubs'
  | 'storage'
  | 'shortcuts'
  | 'about'

/** Dialog is what stands over the window, one at a time. */
export type Dialog =
  | { kind: 'palette' }
  | { kind: 'search'; question?: string }
  | { kind: 'settings'; page?: SettingsPage }
  | { kind: 'shortcuts' }
  | { kind: 'channels'; hub: string }
  | { kind: 'newChannel'; hub: string }
  | { kind: 'newDirect'; hub: string }
  | { kind: 'addHub'; link?: string }
  | { kind: 'channel'; conversation: string }
  | { kind: 'invite'; conversation: string }
  | { kind: 'profile'; hub: string; user: string }
  | { kind: 'trust'; hub: string; user: string }
  | { kind: 'timer'; conversation: string }
  | { kind: 'messageInfo'; conversation: string; message: string }
  | { kind: 'phrase' }
  /** With the call that begins when all is well. */
  | { kind: 'deviceCheck'; call?: { conversation: string; video: boolean } }
  | {
      kind: 'confirm'
      title: string
      text: string
      action: string
      run: () => Promise<unknown>
    }

/** View is what of the window is open beside the conversation. */
export class View {
  #dialog = $state.raw<Dialog | undefined>()
  #details = $state(false)

  get dialog(): Dialog | undefined {
    return this.#dialog
  }
  /** details is the panel at the right. */
  get details(): boolean {
    return this.#details
  }

  show(dialog: Dialog): void {
    this.#dialog = dialog
  }
  close(): void {
    this.#dialog = undefined
  }
  toggleDetails(open = !this.#details): void {
    this.#details = open
  }
}
