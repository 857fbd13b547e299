import type { Api, CallInfo, Change, RunningCall } from '$lib/api'
import { pictured, type CallHelp, type EndedCall } from './call-help'
import { Stage } from './stage.svelte'

const none: CallInfo = { phase: '', participants: [] }

/** Call is the one call that this device can be in, and those that run in channels. */
export class Call {
  readonly #api: Api
  readonly #help: CallHelp
  /** stage is how the call is shown. */
  readonly stage: Stage
  #info = $state.raw<CallInfo>(none)
  #silenced = $state('')
  #ended = $state.raw<EndedCall | undefined>()
  /** The person is ending the call: nothing is to be said about its end. */
  #leaving = false
  /** Counts what came, so that an answer that is older than a change is not taken. */
  #changes = 0

  constructor(api: Api, help: CallHelp, stage = new Stage(localStorage)) {
    this.#api = api
    this.#help = help
    this.stage = stage
  }

  get info(): CallInfo {
    return this.#info
  }
  /** on says that there is a call: it rings, is being made or runs. */
  get on(): boolean {
    return this.#info.phase !== ''
  }
  /** rings says that somebody calls, may disturb, and nobody has stopped the ringing. */
  get rings(): boolean {
    const { phase, call } = this.#info
    return phase === 'ringing' && this.#silenced !== call && !this.#help.quiet()
  }
  /** staged shows who is in the call, with their pictures. */
  get staged(): boolean {
    return this.#info.phase === 'active' && this.stage.open
  }
  /** covers says that the stage takes the place of the conversation. */
  get covers(): boolean {
    return this.staged && (!this.stage.talk || this.stage.whole)
  }
  /** ended is the last call, until somebody has seen why it is over. */
  get ended(): EndedCall | undefined {
    return this.on ? undefined : this.#ended
  }

  /** running is the call in a channel that one is not in. */
  running(key: string): RunningCall | undefined {
    if (this.on && this.#info.conversation === key) return undefined
    return this.#info.running?.find((one) => one.conversation === key)
  }

  /** peopleAt is how many are in the call of a conversation; 0 where none runs. */
  peopleAt(key: string): number {
    const { phase, conversation, participants } = this.#info
    if (phase === 'active' && conversation === key) return participants.length + 1
    return this.running(key)?.names?.length ?? 0
  }

  async load(): Promise<void> {
    const before = this.#changes
    const info = await this.#try(() => this.#api.callInfo())
    if (info && before === this.#changes) this.#take(info)
  }

  apply(change: Change): void {
    if (change.type !== 'call') return
    this.#changes++
    this.#take(change.call)
  }

  #take(info: CallInfo): void {
    const was = this.#info
    this.#info = info
    if (info.phase === 'active' && was.phase !== 'active') this.stage.begin()
    if (pictured(info) && !pictured(was)) this.stage.grow()
    this.stage.hear(info)
    if (was.phase !== '' && !this.on) this.#end(was, info.ended)
    if (this.on) this.#ended = undefined
  }

  #end(was: CallInfo, why = ''): void {
    this.stage.end()
    const told = why || (was.phase === 'active' && !this.#leaving)
    const lasted = was.started ? Date.now() - Date.parse(was.started) : 0
    const mine = was.phase !== 'ringing'
    if (told && was.conversation)
      this.#ended = { conversation: was.conversation, why, lasted, mine }
    this.#leaving = false
  }

  /** silence stops the ringing here; the call can be taken as long as it rings elsewhere. */
  silence(): void {
    this.#silenced = this.#info.call ?? ''
  }
  /** dismiss has seen why the last call is over. */
  dismiss(): void {
    this.#ended = undefined
  }

  /** start calls, after the check of sound and picture where that was never seen. */
  start = async (key: string, video: boolean): Promise<void> => {
    if (!this.#help.check(key, video)) await this.begin(key, video)
  }
  begin = (key: string, video: boolean) => this.#try(() => this.#api.startCall(key, video))
  decline = () => this.#try(() => this.#api.declineCall())
  hangUp = () => {
    this.#leaving = true
    return this.#try(() => this.#api.hangUp())
  }
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

  async #try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (cause) {
      this.#help.fail(cause)
      return undefined
    }
  }
}
