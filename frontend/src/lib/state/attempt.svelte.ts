import { sentenceOf } from '$lib/sentences'

/** Attempt is what a form does when it is sent: whether that is under way, and why it last failed. */
export class Attempt {
  #busy = $state(false)
  #error = $state('')

  get busy(): boolean {
    return this.#busy
  }
  get error(): string {
    return this.#error
  }

  /** refuse shows what is wrong with the form before anything is tried. */
  refuse(error: string): void {
    this.#error = error
  }

  /** run does the work, unless it is under way already, and says whether that went well. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.#busy) return false
    this.#busy = true
    this.#error = ''
    try {
      await work()
      return true
    } catch (cause) {
      this.#error = sentenceOf(cause)
      return false
    } finally {
      this.#busy = false
    }
  }
}
