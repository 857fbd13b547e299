import type { Api, HistoryWindow, Page } from '$lib/api'

/** The calls by which a history is read. */
export type History = Pick<Api, 'history' | 'historyAfter' | 'historyAround'>

/** How many rows a page has. */
export const pageSize = 80
/** How many rows are read on each side of a message. */
const side = 50

/** The position before every row: 24 bytes as hexadecimal digits, as the program writes them. */
const beginning = '0'.repeat(48)

/** Pages reads one conversation's history. */
export class Pages {
  readonly #conversation: string
  readonly #history: History

  constructor(conversation: string, history: History) {
    this.#conversation = conversation
    this.#history = history
  }

  async newest(): Promise<HistoryWindow> {
    const { messages, more } = await this.before('')
    return { messages, before: more, after: false }
  }
  async oldest(): Promise<HistoryWindow> {
    const { messages, more } = await this.after(beginning)
    return { messages, before: false, after: more }
  }
  before(position: string): Promise<Page> {
    return this.#history.history(this.#conversation, position, pageSize)
  }
  after(position: string): Promise<Page> {
    return this.#history.historyAfter(this.#conversation, position, pageSize)
  }
  around(message: string): Promise<HistoryWindow> {
    return this.#history.historyAround(this.#conversation, message, side)
  }
}
