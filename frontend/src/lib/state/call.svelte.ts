import type { Api, CallDevices, CallInfo, Change, RunningCall } from '$lib/api'

const none: CallInfo = { phase: '', participants: [] }

/** What a call needs beside the program. */
export interface CallHelp {
  /** Says why a call ended. */
  tell: (sentence: string) => void
  /** Says why something did not work. */
  fail: (cause: unknown) => void
}

/** Call is the one call that this device can be in, and those that run in channels. */
export class Call {
  readonly #api: Api
  readonly #help: CallHelp
  #info = $state.raw<CallInfo>(none)
  #devices = $state.raw<CallDevices | undefined>()
  #silenced = $state('')
  #expanded = $state(false)
  /** Counts what came, so that an answer that is older than a change is not taken. */
  #changes = 0

  constructor(api: Api, help: CallHelp) {
    this.#api = api
    this.#help = help
  }

  get info(): CallInfo {
    return this.#info
  }
  /** on says that there is a call: it rings, is being made or runs. */
  get on(): boolean {
    return this.#info.phase !== ''
  }
  /** rings says that somebody calls and nobody has stopped the ringing. */
  get rings(): boolean {
    return this.#info.phase === 'ringing' && this.#silenced !== this.#info.call
  }
  /** expanded shows who is in the call, with their pictures. */
  get expanded(): boolean {
    return this.#expanded
  }
  /** devices is what can be chosen, undefined until it was asked for. */
  get devices(): CallDevices | undefined {
    return this.#devices
  }

  /** running is the call in a channel that one is not in. */
  running(key: string): RunningCall | undefined {
    if (this.on && this.#info.conversation === key) return undefined
    return this.#info.running?.find((one) => one.conversation === key)
  }

  async load(): Promise<void> {
    const before = this.#changes
    const info = await this.#try(() => this.#api.callInfo())
    if (info && before === this.#changes) this.#info = info
  }

  apply(change: Change): void {
    if (change.type !== 'call') return
    this.#changes++
    const was = this.#info
    this.#info = change.call
    if (was.phase === '' && this.on) void this.loadDevices()
    if (pictured(change.call) && !pictured(was)) this.#expanded = true
    if (was.phase !== '' && !this.on) {
      this.#expanded = false
      if (change.call.ended) this.#help.tell(change.call.ended)
    }
  }

  /** silence stops the ringing here; the call can be taken as long as it rings elsewhere. */
  silence(): void {
    this.#silenced = this.#info.call ?? ''
  }
  toggleExpanded(): void {
    this.#expanded = !this.#expanded
  }

  start = (key: string, video: boolean) => this.#try(() => this.#api.startCall(key, video))
  decline = () => this.#try(() => this.#api.declineCall())
  hangUp = () => this.#try(() => this.#api.hangUp())
  accept = (video: boolean) =>
    this.#try(async () => {
      await this.#api.acceptCall()
      if (video) await this.#api.setCamera(true)
    })

  mute = (on = !this.#info.muted) => this.#try(() => this.#api.setMuted(on))
  deafen = () => this.#try(() => this.#api.setDeafened(!this.#info.deafened))
  camera = () => this.#try(() => this.#api.setCamera(!this.#info.camera))
  share = () => this.#try(() => this.#api.setScreen(!this.#info.screen))
  volume = (user: string, volume: number) => this.#try(() => this.#api.setVolume(user, volume))

  async loadDevices(): Promise<void> {
    this.#devices = await this.#try(() => this.#api.callDevices())
  }
  async choose(kind: keyof CallDevices['chosen'], device: string): Promise<void> {
    await this.#try(() => this.#api.setCallDevice(kind, device))
    await this.loadDevices()
  }

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (cause) {
      this.#help.fail(cause)
      return undefined
    }
  }
}

/** pictured says that somebody in the call shows something. */
function pictured({ phase, camera, participants }: CallInfo): boolean {
  return phase === 'active' && (!!camera || participants.some((one) => one.camera || one.screen))
}
