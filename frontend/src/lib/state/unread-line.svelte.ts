import type { Change } from '$lib/api'

/** What was sent so long before it arrives, in milliseconds, was missed: one was away, or the hub was. */
const late = 120_000

/** UnreadLine is where the line stands that divides what is new from what was read. */
export class UnreadLine {
  #message = $state('')
  #attended = true
  /** Below the line nothing was looked at yet: more that arrives does not move it. */
  #fresh: boolean
  #missed = false

  constructor(unread: string) {
    this.#message = unread
    this.#fresh = unread !== ''
  }

  /** message is the one above which the line stands, "" for none. */
  get message(): string {
    return this.#message
  }

  /** missed tells that what arrives now was said while one was away: it is read from the line on. */
  get missed(): boolean {
    return this.#missed
  }

  /** attend says whether somebody looks at the end of the conversation. */
  attend(attended: boolean): void {
    this.#attended = attended
    if (attended) this.#fresh = false
  }

  /** take moves the line to the first message that nobody looks at; one's own answer takes it away. */
  take(change: Change): void {
    if (change.type !== 'message' || change.message.notice) return
    const { id, mine, sent_at } = change.message
    const missed = Date.now() - Date.parse(sent_at) > late
    if (mine) {
      if (!missed) this.#draw('')
    } else if (missed ? !this.#missed : !this.#attended) this.#draw(id)
    this.#missed = missed
  }

  #draw(message: string): void {
    if (message && this.#fresh) return
    this.#message = message
    this.#fresh = message !== ''
  }
}
