import type { Change } from '$lib/api'

/** UnreadLine is where the line stands that divides what is new from what was read. */
export class UnreadLine {
  #message = $state('')
  #attended = true
  /** Below the line nothing was looked at yet: more that arrives does not move it. */
  #fresh: boolean

  constructor(unread: string) {
    this.#message = unread
    this.#fresh = unread !== ''
  }

  /** message is the one above which the line stands, "" for none. */
  get message(): string {
    return this.#message
  }

  /** attend says whether somebody looks at the end of the conversation. */
  attend(attended: boolean): void {
    this.#attended = attended
    if (attended) this.#fresh = false
  }

  /** take moves the line to the first message that nobody looks at; one's own answer takes it away. */
  take(change: Change): void {
    if (change.type !== 'message' || change.message.notice) return
    if (change.message.mine) {
      this.#message = ''
      this.#fresh = false
    } else if (!this.#attended && !this.#fresh) {
      this.#message = change.message.id
      this.#fresh = true
    }
  }
}
