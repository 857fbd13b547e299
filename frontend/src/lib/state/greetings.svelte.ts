import type { Hub } from '$lib/api'
import type { Shelf } from './folds.svelte'

const key = 'gossip.greetings'

/** Greetings is which hub's message of the day has been put away: each is shown until then. */
export class Greetings {
  readonly #shelf: Shelf
  #read: Record<string, string>

  constructor(shelf: Shelf) {
    this.#shelf = shelf
    this.#read = $state.raw(stored(shelf))
  }

  /** next is the first hub with a message of the day that was not put away. */
  next(hubs: readonly Hub[]): Hub | undefined {
    return hubs.find((hub) => hub.motd && this.#read[hub.id] !== hub.motd)
  }

  /** dismiss puts a hub's message away until it is another one. */
  dismiss(hub: Hub): void {
    this.#read = { ...this.#read, [hub.id]: hub.motd ?? '' }
    this.#shelf.setItem(key, JSON.stringify(this.#read))
  }
}

function stored(shelf: Shelf): Record<string, string> {
  try {
    const value: unknown = JSON.parse(shelf.getItem(key) ?? '{}')
    return value && typeof value === 'object' ? (value as Record<string, string>) : {}
  } catch {
    return {}
  }
}
