import type { Change, Message, Page } from '$lib/api'

/** PageLoader reads at most limit rows before a position ("" = the newest), oldest first. */
export type PageLoader = (before: string, limit: number) => Promise<Page>

const pageSize = 60

/** Timeline is the part of one conversation's history that has been read, in order. */
export class Timeline {
  readonly conversation: string
  readonly #page: PageLoader
  #rows = $state.raw<Message[]>([])
  #more = $state(false)
  #loaded = $state(false)
  #loading = false
  /** What came while the newest page was read: the page may be older than it. */
  #since: Change[] | undefined

  /** newest is the id up to which a person who looks at the end has read. */
  newest = $derived(this.#rows.findLast((row) => !row.mine && !row.notice)?.id ?? '')

  constructor(conversation: string, page: PageLoader) {
    this.conversation = conversation
    this.#page = page
  }

  get rows(): readonly Message[] {
    return this.#rows
  }
  /** more says that there are earlier rows. */
  get more(): boolean {
    return this.#more
  }
  /** loaded is false until the first page is there. */
  get loaded(): boolean {
    return this.#loaded
  }

  /**
   * refresh reads the newest page anew. Rows that were read before it stay, unless there is a
   * hole between.
   */
  async refresh(): Promise<void> {
    const since: Change[] = []
    this.#since = since
    const page = await this.#page('', pageSize)
    const oldest = page.messages[0]?.position ?? ''
    const ids = page.messages.map((row) => row.id)
    const joined = this.#rows.some((row) => ids.includes(row.id))
    const earlier =
      page.more && joined
        ? this.#rows.filter((row) => row.position < oldest && !ids.includes(row.id))
        : []
    if (earlier.length === 0) this.#more = page.more
    this.#rows = [...earlier, ...page.messages].sort(byPosition)
    this.#loaded = true
    for (const change of since) this.take(change)
    if (this.#since === since) this.#since = undefined
  }

  /** older reads the page before the first row. */
  async older(): Promise<void> {
    const first = this.#rows[0]
    if (this.#loading || !this.#more || !first) return
    this.#loading = true
    try {
      const page = await this.#page(first.position, pageSize)
      this.#more = page.more
      this.put(page.messages)
    } finally {
      this.#loading = false
    }
  }

  apply(change: Change): void {
    if (change.conversation !== this.conversation) return
    this.#since?.push(change)
    this.take(change)
  }

  private take(change: Change): void {
    if (change.type === 'message' || change.type === 'gap') this.put([change.message])
    else if (change.type === 'message_changed') this.change(change.message)
    else if (change.type === 'message_removed')
      this.#rows = this.#rows.filter((row) => row.id !== change.message_id)
  }

  /** change replaces a row that is shown; one further back is read when it is scrolled to. */
  private change(row: Message): void {
    const first = this.#rows[0]
    const shown = this.#rows.some((other) => other.id === row.id)
    if (shown || !this.#more || (first && row.position > first.position)) this.put([row])
  }

  private put(rows: Message[]): void {
    const ids = rows.map((row) => row.id)
    const kept = this.#rows.filter((row) => !ids.includes(row.id))
    this.#rows = [...kept, ...rows].sort(byPosition)
  }
}

function byPosition(a: Message, b: Message): number {
  if (a.position === b.position) return 0
  return a.position < b.position ? -1 : 1
}
