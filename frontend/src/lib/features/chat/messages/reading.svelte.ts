import type { Api } from '$lib/api'
import { indexOf, type Scene } from './scene'
import type { Scroller } from './scroller.svelte'

/** How often it is said what was read, in milliseconds: what is in view for a shorter time is not read. */
const every = 150

/** Reading says what somebody has seen, while they look at the window. */
export class Reading {
  readonly #scene: Scene
  readonly #scroller: Scroller
  readonly #api: Pick<Api, 'markRead'>
  #focused = $state(document.hasFocus())
  /** The position up to which it was said. */
  #said = ''
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(scene: Scene, scroller: Scroller, api: Pick<Api, 'markRead'>) {
    this.#scene = scene
    this.#scroller = scroller
    this.#api = api
  }

  set focused(focused: boolean) {
    this.#focused = focused
  }

  /** follow runs whenever what is in view has changed. */
  follow(): void {
    const looking = this.#looking()
    this.#scene.timeline.line.attend(looking && this.#scroller.atEnd)
    if (looking && this.#scroller.seen) this.#timer ??= setTimeout(() => this.#say(), every)
  }

  /** stop forgets what was in view just now. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #looking(): boolean {
    return this.#focused && this.#scroller.placed
  }

  #say(): void {
    this.#timer = undefined
    if (!this.#looking()) return
    const { rows, timeline } = this.#scene
    const end = indexOf(this.#scene, this.#scroller.seen)
    const seen = rows
      .slice(0, end + 1)
      .findLast(({ message }) => !message.mine && !message.notice)?.message
    if (!seen || seen.position <= this.#said) return
    this.#said = seen.position
    void this.#api.markRead(timeline.conversation, seen.id).catch(() => undefined)
  }
}
