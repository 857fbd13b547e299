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

  get list(): readonly Toast[] {
    return this.#list
  }

  /** add shows a notice; the same text is not shown twice at a time. */
  add(kind: Toast['kind'], text: string): void {
    if (!text || this.#list.some((toast) => toast.text === text)) return
    const toast = { id: this.#next++, kind, text }
    this.#list = [...this.#list, toast].slice(-most)
    setTimeout(() => this.dismiss(toast.id), lifetime[kind])
  }

  /** error shows what a failed call threw. */
  error(cause: unknown): void {
    this.add('error', cause instanceof Error ? cause.message : String(cause))
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((toast) => toast.id !== id)
  }
}
