import { sentenceOf } from '$lib/sentences'

/** Toast is a short notice that goes away by itself, an error more slowly. */
export interface Toast {
  id: number
  kind: 'error' | 'info'
  text: string
}

const lifetime = { error: 12_000, info: 5_000 }
const most = 4

/** Toasts are the notices on the screen, oldest first. */
export class Toasts {
  #list = $state.raw<Toast[]>([])
  #next = 1
  #held = false
  #timers: Record<number, ReturnType<typeof setTimeout>> = {}

  get list(): readonly Toast[] {
    return this.#list
  }

  /** add shows a notice; the same text is not shown twice at a time. */
  add(kind: Toast['kind'], text: string): void {
    if (!text || this.#list.some((toast) => toast.text === text)) return
    const toast = { id: this.#next++, kind, text }
    this.#list = [...this.#list, toast].slice(-most)
    this.limit(toast)
  }

  /** error shows what a failed call threw. */
  error(cause: unknown): void {
    this.add('error', sentenceOf(cause))
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers[id])
    this.#list = this.#list.filter((toast) => toast.id !== id)
    // What is taken away under the pointer, or with the focus, tells of no leaving.
    if (this.#held) this.hold(false)
  }

  /** hold lets nothing go away while somebody reads; letting go gives each its whole time again. */
  hold(held: boolean): void {
    this.#held = held
    for (const timer of Object.values(this.#timers)) clearTimeout(timer)
    this.#timers = {}
    if (!held) this.#list.forEach((toast) => this.limit(toast))
  }

  private limit(toast: Toast): void {
    if (this.#held) return
    this.#timers[toast.id] = setTimeout(() => this.dismiss(toast.id), lifetime[toast.kind])
  }
}
