import { tick } from 'svelte'
import type { Aim } from '$lib/state/places'
import { mostRows } from '$lib/state/stretch.svelte'
import { indexOf, show, showEnd, toEnd, viewOf, type Scene } from './scene'

/** Within so many pixels of the end counts as being there. */
const near = 48
/** So many pixels before the rows run out, the next page is read. */
const ahead = 2_000

/** Scroller keeps what is read in view: the end for whoever is there, the same message for the others. */
export class Scroller {
  readonly #scene: Scene
  #atEnd = $state(true)
  #placed = $state(false)
  #seen = $state('')
  #offset = 0
  #height = 0
  #last = ''
  /** The index of the row at the top of the view, when it was looked at last. */
  #first = -1

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

  /**
   * scrolled follows the person. Only going up leaves the end, since rows may grow below it; and not
   * when the rows are fewer than before, which moves the view up too.
   */
  scrolled(offset: number): void {
    if (!this.#placed) return
    const height = this.#scene.box?.scrollHeight ?? 0
    if (toEnd(this.#scene) < near) this.#atEnd = true
    else if (offset < this.#offset - 1 && height >= this.#height) this.#atEnd = false
    this.#offset = offset
    this.#height = height
    this.#look()
    void this.#read()
  }

  /** resized keeps the end in view when a row or the window has another size. */
  resized(): void {
    if (!this.#placed) return
    if (this.atEnd) {
      if (toEnd(this.#scene) > 1) showEnd(this.#scene)
      void this.#settle()
    }
    this.#look()
  }

  /** settle goes to the end once more when the list has measured the rows, which may be higher than before. */
  async #settle(): Promise<void> {
    await drawn()
    if (this.atEnd && toEnd(this.#scene) > 1) showEnd(this.#scene)
  }

  /** changed keeps what is read where it is when rows come and go, and the end for whoever is there. */
  async changed(): Promise<void> {
    const { timeline, rows } = this.#scene
    const last = rows.at(-1)?.message.id ?? ''
    const grown = last !== this.#last
    this.#last = last
    if (!this.#placed) return
    if (!this.atEnd) {
      if (this.#first < mostRows / 2) timeline.trim('after')
      return this.#stay()
    }
    if (!grown) return
    await tick()
    if (timeline.line.missed) await this.#showLine()
    else showEnd(this.#scene)
    if (this.atEnd) timeline.trim('before')
  }

  /** showLine follows what was missed as long as its beginning stays in view. */
  async #showLine(): Promise<void> {
    show(this.#scene, { at: 'unread', message: this.#scene.timeline.line.message })
    await drawn()
    this.#atEnd = toEnd(this.#scene) < near
  }

  /** place goes where the timeline aims. */
  async place(aim: Aim): Promise<void> {
    await tick()
    this.#atEnd = aim.at === 'end'
    show(this.#scene, aim)
    await drawn()
    this.#placed = true
    this.scrolled(this.#scene.list?.getScrollOffset() ?? 0)
  }

  /**
   * stay moves by what a row was high that came or went above, which the list cannot know of; once
   * more when it has measured the rows that moved.
   */
  async #stay(): Promise<void> {
    const { timeline, shift } = this.#scene
    const { place } = timeline
    const at = place ? indexOf(this.#scene, place.message) : -1
    if (!place || shift || at < 0 || at === this.#first) return
    this.#first = at
    show(this.#scene, { at: 'place', ...place })
    await drawn()
    show(this.#scene, { at: 'place', ...place })
  }

  /** look notes where somebody is, and how far they have read. */
  #look(): void {
    const { first, place, last } = viewOf(this.#scene)
    this.#first = first
    this.#scene.timeline.place = this.atEnd ? undefined : place
    this.#seen = last
  }

  /** read gets the next page before the rows run out, and drops what is far from it. */
  async #read(): Promise<void> {
    const { timeline, list, act } = this.#scene
    if (!list) return
    const before = timeline.before && list.getScrollOffset() < ahead
    if (!before && !(timeline.after && toEnd(this.#scene) < ahead)) return
    await act(() => (before ? timeline.older() : timeline.newer()))
    await tick()
    timeline.trim(before ? 'after' : 'before')
  }
}

/** drawn waits until what was asked of the view is on the screen. */
function drawn(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))
}
