import { createSubscriber } from 'svelte/reactivity'

/** Clock is the time of day for what counts down: one timer for all, that runs while somebody reads it. */
export class Clock {
  readonly #subscribe: () => void

  constructor(everyMs: number) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, everyMs)
      return () => clearInterval(timer)
    })
  }

  /** now is in milliseconds since 1970. */
  get now(): number {
    this.#subscribe()
    return Date.now()
  }
}

export const seconds = new Clock(1_000)
export const minutes = new Clock(60_000)
