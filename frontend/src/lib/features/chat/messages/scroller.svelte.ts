import { tick } from 'svelte'
import type { Aim } from '$lib/state/places'
import type { Timeline } from '$lib/state/timeline.svelte'
import type { VirtualizerHandle } from 'virtua/svelte'
import type { Row } from './rows'

/** Within so many pixels of the end counts as being there. */
const near = 48
/** So many pixels before the rows run out, the next page is read. */
const ahead = 2_000

/** Scene is what a Scroller moves and asks; list and box are absent until they are drawn. */
export interface Scene {
  readonly timeline: Timeline
  readonly rows: readonly Row[]
  readonly list: VirtualizerHandle | undefined
  readonly box: HTMLElement | undefined
  /** Runs what may fail, and tells the person. */
  act(work: () => Promise<unknown>): Promise<unknown>
}

/** Scroller keeps what is read in view: the end for whoever is there, the same message for the others. */
export class Scroller {
  readonly #scene: Scene
  #atEnd = $state(true)
  #placed = $state(false)
  #seen = $state('')
  #offset = 0
  #last: string | undefined

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** atEnd is true for whoever sees the newest message. */
  get atEnd(): boolean {
    return this.#atEnd && !this.#scene.timeline.after
  }
  /** placed is false until the view has gone where it opens. */
  get placed(): boolean {
    return this.#placed
  }
  /** seen is the last message that is in view to its end. */
  get seen(): string {
    return this.#seen
  }

  /** scrolled follows the person; only going up leaves the end, since rows may grow below it. */
  scrolled(offset: number): void {
    if (!this.#placed) return
    if (this.#toEnd() < near) this.#atEnd = true
    else if (offset < this.#offset - 1) this.#atEnd = false
    this.#offset = offset
    this.#look()
    void this.#read()
  }

  /** resized keeps the end in view when a row or the window has another size. */
  resized(): void {
    if (!this.#placed) return
    if (this.atEnd && this.#toEnd() > 1) this.#showEnd()
    this.#look()
  }

  /** grown keeps the end in view when a row comes. */
  async grown(): Promise<void> {
    const last = this.#scene.rows.at(-1)?.message.id
    if (last === this.#last) return
    this.#last = last
    if (!this.#placed || !this.atEnd) return
    await tick()
    this.#showEnd()
    this.#scene.timeline.trim('before')
  }

  /** place goes where the timeline aims. */
  async place(aim: Aim): Promise<void> {
    await tick()
    const { list } = this.#scene
    if (!list) return
    this.#atEnd = aim.at === 'end'
    const at = 'message' in aim ? this.index(aim.message) : 0
    if (aim.at === 'end') this.#showEnd()
    else if (aim.at === 'place') list.scrollToIndex(at, { align: 'start', offset: -aim.offset })
    else if (aim.at === 'jump') list.scrollToIndex(at, { align: 'center' })
    else if (aim.at === 'unread')
      list.scrollToIndex(at, { align: 'start', offset: -list.getViewportSize() / 5 })
    else list.scrollToIndex(at, { align: 'start' })
    await drawn()
    this.#placed = true
    this.scrolled(list.getScrollOffset())
  }

  index(message: string): number {
    return this.#scene.rows.findIndex((row) => row.message.id === message)
  }

  /** reveal brings a row into view, moving no more than is needed. */
  reveal(index: number): void {
    this.#scene.list?.scrollToIndex(index, { align: 'nearest' })
  }

  /** look notes where somebody is, and how far they have read. */
  #look(): void {
    const { list, rows, timeline } = this.#scene
    if (!list || rows.length === 0) return
    const top = list.getScrollOffset()
    const end = top + list.getViewportSize()
    const first = list.findItemIndex(top)
    let last = list.findItemIndex(end)
    if (last > first && list.getItemOffset(last) + list.getItemSize(last) > end + near) last--
    const message = rows[first]?.message.id
    timeline.place =
      this.atEnd || !message ? undefined : { message, offset: list.getItemOffset(first) - top }
    this.#seen = rows[last]?.message.id ?? ''
  }

  /** read gets the next page before the rows run out, and drops what is far from it. */
  async #read(): Promise<void> {
    const { timeline, list, act } = this.#scene
    if (!list) return
    const before = timeline.before && list.getScrollOffset() < ahead
    if (!before && !(timeline.after && this.#toEnd() < ahead)) return
    await act(() => (before ? timeline.older() : timeline.newer()))
    await tick()
    timeline.trim(before ? 'after' : 'before')
  }

  #toEnd(): number {
    const { box } = this.#scene
    return box ? box.scrollHeight - box.scrollTop - box.clientHeight : 0
  }

  #showEnd(): void {
    const last = this.#scene.rows.length - 1
    if (last >= 0) this.#scene.list?.scrollToIndex(last, { align: 'end' })
  }
}

/** drawn waits until what was asked of the view is on the screen. */
function drawn(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))
}
