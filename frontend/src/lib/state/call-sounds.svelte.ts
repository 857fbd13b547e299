import type { CallInfo, Settings } from '$lib/api'

/** What decides what is heard before somebody is there. */
export interface SoundsAround {
  readonly call: { readonly info: CallInfo; readonly rings: boolean }
  readonly settings: { readonly value: Settings }
}

/** Each plays until the returned function is called. */
export interface Tunes {
  ring: () => () => void
  ringback: () => () => void
}

/** CallSounds rings while somebody calls, and lets who calls hear that it rings at the other end. */
export class CallSounds {
  readonly #around: SoundsAround
  readonly #tunes: Tunes

  constructor(around: SoundsAround, tunes: Tunes) {
    this.#around = around
    this.#tunes = tunes
  }

  get tune(): keyof Tunes | undefined {
    const { call, settings } = this.#around
    if (call.rings && settings.value.ringSound) return 'ring'
    if (call.info.phase === 'calling' && !call.info.deafened) return 'ringback'
    return undefined
  }

  /** follow plays what is to be heard until the returned function is called. */
  follow(): () => void {
    return $effect.root(() => {
      const tune = $derived(this.tune)
      $effect(() => (tune ? this.#tunes[tune]() : undefined))
    })
  }
}
