const key = 'gossip.folded'

/** What is kept of a Storage: a browser's, or a test's. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>

/** Folds is which hubs' lists are folded away, kept from one start to the next. */
export class Folds {
  readonly #shelf: Shelf
  #folded: readonly string[]

  constructor(shelf: Shelf) {
    this.#shelf = shelf
    this.#folded = $state.raw(read(shelf))
  }

  has(hub: string): boolean {
    return this.#folded.includes(hub)
  }

  toggle(hub: string): void {
    const others = this.#folded.filter((one) => one !== hub)
    this.#folded = this.has(hub) ? others : [...others, hub]
    this.#shelf.setItem(key, JSON.stringify(this.#folded))
  }
}

function read(shelf: Shelf): string[] {
  try {
    const list: unknown = JSON.parse(shelf.getItem(key) ?? '[]')
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}
