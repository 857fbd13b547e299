import { mayHold, moves, taken } from '$lib/talk-key'
import { untrack } from 'svelte'
import type { Api, CallInfo, Settings } from '$lib/api'

/** What decides whether one is heard. */
export interface TalkAround {
  readonly call: { readonly info: CallInfo }
  readonly settings: { readonly value: Settings }
  /** Something stands over the window, and has the keys. */
  readonly covered: boolean
  fail: (cause: unknown) => void
}

/** What is held down. */
export type Grip = 'key' | 'button'

/** Talk is push-to-talk: one is heard only while the key or the button is held down. */
export class Talk {
  readonly #api: Pick<Api, 'setMuted'>
  readonly #around: TalkAround
  #grips = $state.raw<readonly Grip[]>([])
  /** Whether one is heard, as the program was told last; it begins muted by itself. */
  #told = false
  #telling = false
  #wasOn = false
  /** The focus is where the mouse has put it. */
  #clicked = false

  constructor(api: Pick<Api, 'setMuted'>, around: TalkAround) {
    this.#api = api
    this.#around = around
  }

  /** on says that there is a call in which one has to hold something to be heard. */
  get on(): boolean {
    const { phase } = this.#around.call.info
    return this.#around.settings.value.pushToTalk && (phase === 'active' || phase === 'calling')
  }
  /** held says that one is to be heard now. */
  get held(): boolean {
    return this.#grips.length > 0
  }

  press(grip: Grip): void {
    if (!this.on || this.#around.covered) return
    this.#grips = [...this.#grips.filter((one) => one !== grip), grip]
    void this.#tell()
  }
  release(grip: Grip): void {
    this.#grips = this.#grips.filter((one) => one !== grip)
    void this.#tell()
  }
  /** drop lets go of everything: nobody can be overheard after they looked away. */
  drop(): void {
    this.#grips = []
    void this.#tell()
  }

  /** look lets go where nothing may be held any more, and mutes a call that was begun without push-to-talk. */
  look(): void {
    const { on } = this
    const { covered } = this.#around
    untrack(() => {
      if (!on || covered) this.drop()
      if (on && !this.#wasOn) this.#silence()
    })
    this.#wasOn = on
  }

  /** follow takes the keys of a window until the returned function is called. */
  follow(target: Window): () => void {
    const down = (event: KeyboardEvent) => this.#down(event)
    const up = (event: KeyboardEvent) => this.#up(event)
    const drop = () => this.drop()
    const click = () => (this.#clicked = true)
    target.addEventListener('pointerdown', click, true)
    target.addEventListener('keydown', down)
    target.addEventListener('keyup', up)
    target.addEventListener('blur', drop)
    const stop = $effect.root(() => {
      $effect(() => this.look())
    })
    return () => {
      stop()
      target.removeEventListener('pointerdown', click, true)
      target.removeEventListener('keydown', down)
      target.removeEventListener('keyup', up)
      target.removeEventListener('blur', drop)
    }
  }

  #down(event: KeyboardEvent): void {
    const key = this.#around.settings.value.pushToTalkKey
    if (moves(event.key)) this.#clicked = false
    if (event.code !== key || !this.on || this.#around.covered || event.defaultPrevented) return
    if (!mayHold(event) || taken(event, key, this.#clicked)) return
    event.preventDefault()
    this.press('key')
  }
  #up(event: KeyboardEvent): void {
    if (event.code !== this.#around.settings.value.pushToTalkKey || !this.#grips.includes('key'))
      return
    event.preventDefault()
    this.release('key')
  }

  #silence(): void {
    if (this.held || this.#around.call.info.muted) return
    this.#told = true
    void this.#tell()
  }

  /** tell sends one change after the other, since calls that run side by side may overtake. */
  async #tell(): Promise<void> {
    if (this.#telling) return
    this.#telling = true
    while (this.#told !== this.held) await this.#set(this.held)
    this.#telling = false
  }

  async #set(heard: boolean): Promise<void> {
    this.#told = heard
    try {
      await this.#api.setMuted(!heard)
    } catch (cause) {
      if (this.on) this.#around.fail(cause)
    }
  }
}
