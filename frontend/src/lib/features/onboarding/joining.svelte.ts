import { plain } from '$lib/sentences'
import type { AppState } from '$lib/state/app.svelte'
import { Attempt } from '$lib/state/attempt.svelte'

/** Joining is one attempt after the other to join a hub, from a form. */
export class Joining extends Attempt {
  #cancelled = false
  readonly #app: AppState

  constructor(app: AppState) {
    super()
    this.#app = app
  }

  /** trouble is what stands in the way while it is still being tried. */
  get trouble(): string {
    return plain(this.#app.session.candidate?.detail)
  }
  /** passwordError is the error when it is about the password, placeError when it is not. */
  get passwordError(): string {
    return /password/i.test(this.error) ? this.error : ''
  }
  get placeError(): string {
    return this.passwordError ? '' : this.error
  }

  /** start joins and says whether it worked. */
  async start(address: string, password: string): Promise<boolean> {
    if (this.busy) return false
    this.#cancelled = false
    const joined = await this.run(() => this.#app.onboarding.join(address, password))
    if (this.#cancelled) this.refuse('')
    return joined
  }

  cancel(): void {
    this.#cancelled = true
    void this.#app.act(() => this.#app.session.cancelJoin())
  }
}
