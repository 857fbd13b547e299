import type { Change } from '$lib/api'

/**
 * Readings lets one reading of the history wait for the one before it, since a late answer would put
 * back what another has changed, and applies after each what came while it was under way: what was
 * read may be older than that.
 */
export class Readings {
  readonly #take: (change: Change) => void
  readonly #meanwhile = new Set<Change[]>()
  #last: Promise<unknown> = Promise.resolve()
  #paging = false

  constructor(take: (change: Change) => void) {
    this.#take = take
  }

  /** note keeps a change for the readings that are under way. */
  note(change: Change): void {
    for (const changes of this.#meanwhile) changes.push(change)
  }

  /** run reads in its turn and uses what was read. */
  run<T>(load: () => Promise<T>, use: (result: T) => void): Promise<void> {
    const changes: Change[] = []
    this.#meanwhile.add(changes)
    const reading = this.#last.then(load).then(use)
    this.#last = reading
      .catch(() => undefined)
      .then(() => {
        this.#meanwhile.delete(changes)
      })
    return reading.then(() => changes.forEach(this.#take))
  }

  /** page runs one reading at a time and leaves out the rest: scrolling asks many times. */
  async page<T>(load: () => Promise<T>, use: (result: T) => void): Promise<void> {
    if (this.#paging) return
    this.#paging = true
    try {
      await this.run(load, use)
    } finally {
      this.#paging = false
    }
  }
}
