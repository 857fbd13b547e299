import type { Api, CallDeviceKind, CallDevices, Change } from '$lib/api'
import { plain } from '$lib/sentences'

/** What the devices need beside the program. */
export interface DeviceHelp {
  /** Says that a device has come or gone. */
  tell: (sentence: string) => void
  /** Says why something did not work. */
  fail: (cause: unknown) => void
}

type Calls = Pick<
  Api,
  'callDevices' | 'setCallDevice' | 'testSpeaker' | 'listenMicrophone' | 'stopListening'
>

/** How often listening is asked for anew: the program ends it after two minutes; in milliseconds. */
const renewal = 100_000
/** From this level on somebody speaks: a quiet room stays below. */
const speech = 0.35
/** How long one waits for a word before saying that nothing is heard, in milliseconds. */
const patience = 8_000

/** Devices is what calls are made with: what can be chosen, what is, and how loud the microphone is. */
export class Devices {
  readonly #api: Calls
  readonly #help: DeviceHelp
  #list = $state.raw<CallDevices | undefined>()
  #level = $state(0)
  #trouble = $state('')
  #verdict = $state<'waiting' | 'heard' | 'silence'>('waiting')
  #listening = false
  #late: ReturnType<typeof setTimeout> | undefined
  /** Begins and ends of listening follow each other, since calls that run side by side may overtake. */
  #turns: Promise<void> = Promise.resolve()

  constructor(api: Calls, help: DeviceHelp) {
    this.#api = api
    this.#help = help
  }

  /** list is what can be chosen, undefined until it was asked for. */
  get list(): CallDevices | undefined {
    return this.#list
  }
  /** level is how loud the microphone is that is listened to, 0 to 1. */
  get level(): number {
    return this.#level
  }
  /** trouble is why the microphone cannot be listened to: a sentence, or "". */
  get trouble(): string {
    return this.#trouble
  }
  /** verdict is what has come of listening: a word, or too long nothing. */
  get verdict(): 'waiting' | 'heard' | 'silence' {
    return this.#verdict
  }

  apply(change: Change): void {
    if (change.type === 'call' && change.call.phase && !this.#list) void this.load()
    if (change.type === 'devices') {
      if (change.sentence) this.#help.tell(change.sentence)
      if (this.#list) void this.load().then(() => this.#trouble && this.#again())
    }
    if (change.type === 'level' && this.#listening) {
      this.#level = change.level
      this.#trouble = plain(change.sentence)
      if (change.level >= speech) this.#verdict = 'heard'
    }
  }

  async load(): Promise<void> {
    try {
      this.#list = await this.#api.callDevices()
    } catch (cause) {
      this.#help.fail(cause)
    }
  }

  /** choose takes another device, now and in later calls. */
  async choose(kind: CallDeviceKind, device: string): Promise<void> {
    if (this.#list) this.#list = { ...this.#list, chosen: { ...this.#list.chosen, [kind]: device } }
    try {
      await this.#api.setCallDevice(kind, device)
    } catch (cause) {
      this.#help.fail(cause)
    }
    await this.load()
    if (kind === 'microphone') this.#again()
  }

  /** testSpeaker plays two tones; false: it could not. */
  async testSpeaker(): Promise<boolean> {
    try {
      await this.#api.testSpeaker()
      return true
    } catch (cause) {
      this.#help.fail(cause)
      return false
    }
  }

  /** listen follows the level of the chosen microphone until the returned function is called. */
  listen(): () => void {
    this.#listening = true
    const renew = setInterval(() => this.#hear(), renewal)
    this.#again()
    return () => {
      clearInterval(renew)
      clearTimeout(this.#late)
      this.#listening = false
      this.#level = 0
      this.#trouble = ''
      this.#turn(() => this.#api.stopListening())
    }
  }

  /** again listens to the microphone that is chosen now, and judges it anew. */
  #again(): void {
    if (!this.#listening) return
    this.#verdict = 'waiting'
    clearTimeout(this.#late)
    this.#late = setTimeout(() => {
      if (this.#verdict === 'waiting') this.#verdict = 'silence'
    }, patience)
    this.#hear()
  }

  #hear(): void {
    this.#turn(async () => {
      if (!this.#listening) return
      await this.#api.listenMicrophone(this.#list?.chosen.microphone ?? '')
      this.#trouble = ''
    })
  }

  #turn(work: () => Promise<void>): void {
    this.#turns = this.#turns.then(work).catch((cause: unknown) => {
      if (this.#listening) this.#trouble = cause instanceof Error ? cause.message : String(cause)
    })
  }
}
