import { plain } from '$lib/sentences'
import type { AppState } from '$lib/state/app.svelte'

/** Joining is one attempt after the other to join a hub, from a form. */
export class Joining {
  #busy = $state(false)
  #error = $state('')
  #cancelled = false
  readonly #app: AppState

  constructor(app: AppState) {
    this.#app = app
  }

  get busy(): boolean {
    return this.#busy
  }
  /** trouble is what stands in the way while it is still being tried. */
  get trouble(): string {
    return plain(this.#app.session.candidate?.detail)
  }
  /** error is why the last attempt failed. */
  get error(): string {
    return this.#error
  }
  /** passwordError is the error when it is about the password, placeError when it is not. */
  get passwordError(): string {
    return /password/i.test(this.#error) ? this.#error : ''
  }
  get placeError(): string {
    return this.passwordError ? '' : this.#error
  }

  /** start joins and says whether it worked. */
  async start(address: string, password: string): Promise<boolean> {
    if (this.#busy) return false
    this.#busy = true
    this.#cancelled = false
    this.#error = ''
    try {
      await this.#app.onboarding.join(address, password)
      return true
    } catch (cause) {
      if (!this.#cancelled) this.#error = cause instanceof Error ? cause.message : String(cause)
      return false
    } finally {
      this.#busy = false
    }
  }

  /** refuse shows what is wrong with the form before anything is tried. */
  refuse(error: string): void {
    this.#error = error
  }

  cancel(): void {
    this.#cancelled = true
    void this.#app.act(() => this.#app.session.cancelJoin())
  }
}
