import { sentenceOf } from '$lib/sentences'
import type { Api, Hit, SearchResult } from '$lib/api'

/** How long the person may go on typing before the question is asked, in milliseconds. */
export const pause = 80
/** How many hits are asked for at first, and how many more each time. */
const portion = 50

/** Search asks the program for what is typed, once at a time, and keeps the newest answer. */
export class Search {
  #question = $state('')
  #result = $state.raw<SearchResult | undefined>()
  #error = $state('')
  #limit = portion
  #asked = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #api: Pick<Api, 'search'>

  constructor(api: Pick<Api, 'search'>) {
    this.#api = api
  }

  get question(): string {
    return this.#question
  }
  get hits(): readonly Hit[] {
    return this.#result?.hits ?? []
  }
  /** more says that further hits can be asked for. */
  get more(): boolean {
    return this.#result?.more ?? false
  }
  /** hint is what of the question was not understood. */
  get hint(): string {
    return this.#result?.hint ?? ''
  }
  /** error is why there is no answer. */
  get error(): string {
    return this.#error
  }
  /** answered says that hits belong to a question, be they none. */
  get answered(): boolean {
    return this.#result !== undefined
  }

  /** ask takes what is typed; the answer follows when the person pauses. */
  ask(question: string): void {
    this.#question = question
    this.#limit = portion
    clearTimeout(this.#timer)
    if (!question.trim()) this.clear()
    else this.#timer = setTimeout(() => void this.load(), pause)
  }

  /** loadMore asks for more of the same. */
  async loadMore(): Promise<void> {
    if (!this.more || this.#limit > this.hits.length) return
    this.#limit += portion
    await this.load()
  }

  private clear(): void {
    this.#asked++
    this.#result = undefined
    this.#error = ''
  }

  /** load leaves an answer away when something else was asked meanwhile. */
  private async load(): Promise<void> {
    const asked = ++this.#asked
    try {
      const result = await this.#api.search(this.#question.trim(), this.#limit)
      if (asked === this.#asked) [this.#result, this.#error] = [result, '']
    } catch (cause) {
      if (asked !== this.#asked) return
      this.#result = undefined
      this.#error = sentenceOf(cause)
    }
  }
}
