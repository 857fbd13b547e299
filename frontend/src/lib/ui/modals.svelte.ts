import { untrack } from 'svelte'

/** Modals is the open dialogs. Each makes all that lies outside of it inert, so what is to be used goes into the top one. */
class Modals {
  #open = $state.raw<readonly HTMLDialogElement[]>([])

  /** top is the dialog that was opened last, undefined when there is none. */
  get top(): HTMLDialogElement | undefined {
    return this.#open.at(-1)
  }

  /** add tells of an open dialog until the returned function is called. */
  add(dialog: HTMLDialogElement): () => void {
    const others = () => untrack(() => this.#open).filter((one) => one !== dialog)
    this.#open = [...others(), dialog]
    return () => (this.#open = others())
  }
}

export const modals = new Modals()
