import type { Api, Change, LocalHub, Snapshot } from '$lib/api'
import { plain } from '$lib/sentences'
import { ring, ringback } from '$lib/sound'
import { Appearance } from './appearance.svelte'
import { Call } from './call.svelte'
import { CallSounds } from './call-sounds.svelte'
import { Devices } from './devices.svelte'
import { Onboarding } from './onboarding.svelte'
import { Session } from './session.svelte'
import { Preferences } from './settings.svelte'
import { Talk } from './talk.svelte'
import { Toasts } from './toasts.svelte'
import { View } from './view.svelte'

/** Shell is what stands around the conversations: whose profile it is, its settings and look, the notices. */
export class Shell {
  readonly toasts = new Toasts()
  readonly view = new View()
  readonly appearance = new Appearance()
  readonly settings: Preferences
  readonly session: Session
  readonly onboarding: Onboarding
  readonly call: Call
  readonly devices: Devices
  readonly talk: Talk
  readonly api: Api
  #ownHub = $state.raw<LocalHub | undefined>()

  constructor(api: Api) {
    this.api = api
    this.session = new Session(api)
    this.settings = new Preferences(api, {
      show: (settings) => this.appearance.wear(settings),
      tell: (notice) => this.toasts.add('info', plain(notice)),
      fail: (cause) => this.fail(cause)
    })
    const help = {
      tell: (sentence: string) => void this.toasts.add('info', plain(sentence)),
      fail: (cause: unknown) => this.fail(cause)
    }
    this.call = new Call(api, {
      ...help,
      quiet: () => this.settings.value.doNotDisturb,
      check: (conversation, video) => this.checkFirst({ conversation, video })
    })
    this.devices = new Devices(api, help)
    this.talk = new Talk(api, this)
    this.onboarding = new Onboarding(api, this.session, this.settings)
  }

  /** ownHub is the hub on this machine, undefined until it was asked for. */
  get ownHub(): LocalHub | undefined {
    return this.#ownHub
  }

  /** covered says that a dialog has the keys. */
  get covered(): boolean {
    return !!this.view.dialog || this.call.rings
  }

  /** follow rings, and takes the key to talk, until the returned function is called. */
  follow(target: Window): () => void {
    const quiet = new CallSounds(this, { ring, ringback }).follow()
    const stop = this.talk.follow(target)
    return () => {
      quiet()
      stop()
    }
  }

  /** checkFirst offers the check of sound and picture in the place of a profile's first call. */
  private checkFirst(call: { conversation: string; video: boolean }): boolean {
    if (!this.settings.loaded || this.settings.value.callChecked) return false
    this.view.show({ kind: 'deviceCheck', call })
    return true
  }

  async loadOwnHub(): Promise<void> {
    this.#ownHub = await this.act(() => this.api.localHub())
  }

  load(snapshot: Snapshot): void {
    const wasOpen = this.opened
    this.session.load(snapshot)
    if (this.session.stage === 'ready') void this.call.load()
    if (this.opened && !wasOpen) {
      void this.settings.load()
      void this.settings.greet()
    }
  }

  apply(change: Change): void {
    this.session.apply(change)
    this.call.apply(change)
    this.devices.apply(change)
    this.settings.apply(change)
    if (change.type === 'error') this.tell(change.error.sentence)
    if (change.type === 'local_hub' && this.#ownHub) void this.loadOwnHub()
    if (change.type === 'open' && change.link) this.invite(change.link)
  }

  /** opened says that the program has the profile open, and so its settings. */
  private get opened(): boolean {
    return this.session.stage === 'new' || this.session.stage === 'ready'
  }

  /** invite takes a link that was opened in the system: nothing is joined before the person says so. */
  private invite(link: string): void {
    this.onboarding.invite(link)
    if (this.onboarding.done) this.view.show({ kind: 'addHub', link })
  }

  /** tell shows a trouble, unless it is the one of joining a hub, which stands beside the form. */
  private tell(sentence: string): void {
    if (this.session.candidate?.detail !== sentence) this.toasts.add('error', plain(sentence))
  }

  fail(cause: unknown): void {
    this.toasts.error(cause)
  }

  /** act runs something that a person asked for and shows why, when it fails. */
  async act<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (cause) {
      this.fail(cause)
      return undefined
    }
  }
}
