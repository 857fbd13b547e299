import type { Change, HistoryWindow, Message, Page } from '$lib/api'
import { byPosition, idsOf } from './order'
import { quotesAfter } from './quotes'

/** How many rows are kept; what is over it goes at the end that is not looked at. */
export const mostRows = 400
/** So many more make it worth dropping some: many at once are dropped with less ado than one by one. */
const slack = 60

/** Stretch is a part of one conversation's history without a hole, in order. */
export class Stretch {
  #rows = $state.raw<Message[]>([])
  #before = $state(false)
  #after = $state(false)

  get rows(): readonly Message[] {
    return this.#rows
  }
  /** before says that there are earlier rows than these. */
  get before(): boolean {
    return this.#before
  }
  /** after says that there are later rows than these. */
  get after(): boolean {
    return this.#after
  }

  has(id: string): boolean {
    return this.#rows.some((row) => row.id === id)
  }

  /** replace shows another part of the history. */
  replace(found: HistoryWindow): void {
    this.#rows = [...found.messages].sort(byPosition)
    this.#before = found.before
    this.#after = found.after
  }

  /** renew puts the newest page in the place of the end, and of everything where there is a hole between. */
  renew(newest: HistoryWindow): void {
    const oldest = newest.messages[0]?.position ?? ''
    const ids = idsOf(newest.messages)
    const joined = newest.before && this.#rows.some((row) => ids.has(row.id))
    const earlier = joined
      ? this.#rows.filter((row) => row.position < oldest && !ids.has(row.id))
      : []
    const before = earlier.length > 0 ? this.#before : newest.before
    this.replace({ messages: [...earlier, ...newest.messages], before, after: false })
  }

  prepend(page: Page): void {
    this.put(page.messages)
    this.#before = page.more
  }

  append(page: Page): void {
    this.put(page.messages)
    this.#after = page.more
  }

  /** trim drops the rows that are too many at one end; they are read again when somebody scrolls there. */
  trim(end: 'before' | 'after'): void {
    if (this.#rows.length <= mostRows + slack) return
    if (end === 'before') {
      this.#rows = this.#rows.slice(-mostRows)
      this.#before = true
    } else {
      this.#rows = this.#rows.slice(0, mostRows)
      this.#after = true
    }
  }

  /** take applies what has happened, where it belongs into this part. */
  take(change: Change): void {
    if (change.type === 'message' || change.type === 'gap' || change.type === 'message_changed') {
      if (this.covers(change.message)) this.put([change.message])
    } else if (change.type === 'message_removed')
      this.#rows = this.#rows.filter((row) => row.id !== change.message_id)
    else if (change.type === 'cleared') this.replace({ messages: [], before: false, after: false })
    if (change.type === 'message_changed' || change.type === 'message_removed')
      this.#rows = quotesAfter(this.#rows, change)
  }

  /** covers tells whether a row stands in this part; one outside it is read when it is scrolled to. */
  private covers(row: Message): boolean {
    if (this.has(row.id)) return true
    const first = this.#rows[0]?.position ?? ''
    const last = this.#rows.at(-1)?.position ?? ''
    if (this.#before && row.position < first) return false
    return !this.#after || row.position < last
  }

  private put(rows: readonly Message[]): void {
    const ids = idsOf(rows)
    this.#rows = [...this.#rows.filter((row) => !ids.has(row.id)), ...rows].sort(byPosition)
  }
}
