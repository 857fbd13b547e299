import type { Change, Snapshot } from '$lib/api'

/** What the feed needs of the program. */
export interface Source {
  snapshot(): Promise<Snapshot>
  subscribe(take: (change: Change) => void): () => void
}

/** What it hands on: everything anew, or one change. */
export interface Sink {
  load(snapshot: Snapshot): void
  apply(change: Change): void
  fail(cause: unknown): void
}

/** How long a missing change may be late, in milliseconds, before everything is loaded anew. */
const patience = 300

/**
 * Feed keeps a sink at what the program says: it loads a snapshot, applies the changes that came
 * after it, and loads anew when a change is missing or says that more changed than it carries.
 */
export class Feed {
  readonly #source: Source
  readonly #sink: Sink
  #last = 0
  #loading = false
  #again = false
  /** Changes that came before one that is missing: the development server may swap two. */
  #early: Change[] = []
  #waiting: ReturnType<typeof setTimeout> | undefined

  constructor(source: Source, sink: Sink) {
    this.#source = source
    this.#sink = sink
  }

  /** start subscribes before it loads, so that no change falls between the two. */
  start(): () => void {
    const stop = this.#source.subscribe((change) => this.take(change))
    void this.reload()
    return stop
  }

  take(change: Change): void {
    this.#early.push(change)
    if (this.#loading) return
    this.drain()
    if (this.#early.length === 0) return
    this.#waiting ??= setTimeout(() => void this.reload(), patience)
  }

  /** drain applies what is next in line, and forgets what was applied. */
  private drain(): void {
    this.#early.sort((a, b) => a.seq - b.seq)
    for (let change = this.#early[0]; change; change = this.#early[0]) {
      if (change.seq > this.#last + 1) return
      this.#early.shift()
      if (change.seq > this.#last) this.apply(change)
      if (this.#loading) return
    }
    clearTimeout(this.#waiting)
    this.#waiting = undefined
  }

  /** reload takes a snapshot; while one is under way it asks for another after it. */
  async reload(): Promise<void> {
    if (this.#loading) {
      this.#again = true
      return
    }
    this.#loading = true
    clearTimeout(this.#waiting)
    this.#waiting = undefined
    try {
      do {
        this.#again = false
        const snapshot = await this.#source.snapshot()
        this.#last = snapshot.seq
        this.#sink.load(snapshot)
      } while (this.#again)
    } catch (cause) {
      this.#sink.fail(cause)
    } finally {
      this.#loading = false
    }
    this.drain()
    if (this.#early.length > 0 && !this.#loading)
      this.#waiting = setTimeout(() => void this.reload(), patience)
  }

  private apply(change: Change): void {
    this.#last = change.seq
    this.#sink.apply(change)
    if (['conversations', 'ready', 'stage'].includes(change.type)) void this.reload()
  }
}
