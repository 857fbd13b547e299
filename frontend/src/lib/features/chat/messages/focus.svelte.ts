import { tick } from 'svelte'
import { messageOf, rowOf } from './elements'
import { indexOf, type Scene } from './scene'

const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 }

/** Focus makes the rows one stop of the Tab key: the arrow keys go from message to message. */
export class Focus {
  readonly #scene: Scene
  #message = $state('')
  /** The focus came by the keyboard: then single letters are commands, else they are for the composer. */
  #byKeyboard = $state(false)
  #pressed = false

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** message is the one that has the focus, or had it last. */
  get message(): string {
    return this.#message
  }
  get byKeyboard(): boolean {
    return this.#byKeyboard
  }
  /** stop is the message that the Tab key comes to. */
  get stop(): string {
    const { rows } = this.#scene
    const known = rows.some((row) => row.message.id === this.#message)
    return known ? this.#message : (rows.at(-1)?.message.id ?? '')
  }

  /** pressed is told that the mouse or a finger goes down: what gets the focus now is not by keyboard. */
  pressed(): void {
    this.#pressed = true
    this.#byKeyboard = false
    setTimeout(() => (this.#pressed = false))
  }

  taken(event: FocusEvent): void {
    const id = messageOf(event.target)
    if (!id) return
    this.#message = id
    this.#byKeyboard = !this.#pressed
  }

  left(event: FocusEvent): void {
    if (!messageOf(event.relatedTarget)) this.#byKeyboard = false
  }

  /** key moves the focus; it tells whether the key was for that. */
  key(event: KeyboardEvent): boolean {
    const { timeline, act, box } = this.#scene
    const step = steps[event.key]
    if (step) void this.go(this.#near() + step)
    else if (event.key === 'Home') void act(() => timeline.toOldest()).then(() => this.go(0))
    else if (event.key === 'End') void act(() => timeline.toNewest()).then(() => this.go(Infinity))
    else if (event.key === 'PageUp' || event.key === 'PageDown') {
      const way = event.key === 'PageUp' ? -1 : 1
      box?.scrollBy({ top: way * box.clientHeight * 0.85 })
    } else return false
    event.preventDefault()
    this.#byKeyboard = true
    return true
  }

  /** go gives a row the focus. */
  async go(index: number): Promise<void> {
    const { rows } = this.#scene
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))]
    if (!row) return
    this.#message = row.message.id
    this.#scene.list?.scrollToIndex(indexOf(this.#scene, row.message.id), { align: 'nearest' })
    await tick()
    for (let frame = 0; frame < 30 && this.#message === row.message.id; frame++) {
      if (this.#take(row.message.id)) return
      await new Promise(requestAnimationFrame)
    }
  }

  /** take gives the focus to a row on the screen; one that is not drawn yet does not take it. */
  #take(message: string): boolean {
    const row = rowOf(message)
    row?.focus({ preventScroll: true })
    this.#byKeyboard = true
    return Boolean(row) && document.activeElement === row
  }

  /** near is where the arrow keys start from: the focused row, or one in view when that is far away. */
  #near(): number {
    const { list } = this.#scene
    const at = indexOf(this.#scene, this.#message)
    if (!list) return at
    const top = list.getScrollOffset()
    const end = top + list.getViewportSize()
    const place = at < 0 ? -1 : list.getItemOffset(at)
    if (at >= 0 && place + list.getItemSize(at) > top && place < end) return at
    return list.findItemIndex(end)
  }
}
