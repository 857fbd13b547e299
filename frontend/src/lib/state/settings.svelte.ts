import type { Api, Change, Settings } from '$lib/api'
import { firstLook } from './appearance.svelte'

/** What is in force until the program has told the person's own. */
export const defaults: Settings = {
  ...firstLook,
  defaultUsername: '',
  defaultHost: '',
  defaultPort: 1720,
  sendTyping: true,
  sendReadReceipts: true,
  privacyAsked: false,
  phraseConfirmed: false,
  notifications: true,
  notificationPreview: true,
  notificationSound: true,
  doNotDisturb: false,
  hideAddress: false,
  pushToTalk: false,
  pushToTalkKey: 'Space',
  ringSound: true,
  callChecked: false,
  enterSends: true,
  defaultTimer: 0
}

/** What the settings do outside of themselves. */
export interface Effects {
  /** Shows what they say of the window. */
  show: (settings: Settings) => void
  /** Tells the person a sentence. */
  tell: (notice: string) => void
  fail: (cause: unknown) => void
}

type Calls = Pick<Api, 'settings' | 'setSettings' | 'settingsNotice'>

/** Preferences are the person's settings: a change is in force at once and then saved. */
export class Preferences {
  #value = $state.raw<Settings>(defaults)
  #loaded = $state(false)
  readonly #api: Calls
  readonly #effects: Effects
  /** Saves follow each other, since calls that run side by side may overtake. */
  #saves: Promise<void> = Promise.resolve()
  #saving = 0

  constructor(api: Calls, effects: Effects) {
    this.#api = api
    this.#effects = effects
  }

  get value(): Settings {
    return this.#value
  }
  /** loaded says that value is the person's own, not the defaults. */
  get loaded(): boolean {
    return this.#loaded
  }

  /** load takes what the program has; what a save in flight changes is not taken back. */
  async load(): Promise<void> {
    try {
      const value = await this.#api.settings()
      if (this.#saving === 0) this.take({ ...defaults, ...value })
      this.#loaded = true
    } catch (cause) {
      this.#effects.fail(cause)
    }
  }

  /** greet shows, once, that a damaged file was put aside. */
  async greet(): Promise<void> {
    try {
      this.#effects.tell(await this.#api.settingsNotice())
    } catch (cause) {
      this.#effects.fail(cause)
    }
  }

  apply(change: Change): void {
    if (change.type === 'settings') void this.load()
  }

  /** change puts a part in force and saves it; what can't be saved is taken back. */
  change(part: Partial<Settings>): Promise<void> {
    this.take({ ...this.#value, ...part })
    this.#saving++
    this.#saves = this.#saves.then(() => this.save())
    return this.#saves
  }

  private async save(): Promise<void> {
    let failed = false
    try {
      await this.#api.setSettings(this.#value)
    } catch (cause) {
      failed = true
      this.#effects.fail(cause)
    }
    this.#saving--
    if (failed && this.#saving === 0) await this.load()
  }

  private take(value: Settings): void {
    this.#value = value
    this.#effects.show(value)
  }
}
