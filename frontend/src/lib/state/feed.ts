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
  #early: Change[] = []

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
    if (this.#loading) this.#early.push(change)
    else if (change.seq <= this.#last) return
    else if (change.seq !== this.#last + 1) void this.reload()
    else this.apply(change)
  }

  /** reload takes a snapshot; while one is under way it asks for another after it. */
  async reload(): Promise<void> {
    if (this.#loading) {
      this.#again = true
      return
    }
    this.#loading = true
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
    const early = this.#early
    this.#early = []
    for (const change of early) this.take(change)
  }

  private apply(change: Change): void {
    this.#last = change.seq
    this.#sink.apply(change)
    if (['conversations', 'ready', 'stage'].includes(change.type)) void this.reload()
  }
}
