/** Draft is what is kept of a message that is not sent. */
export interface Draft {
  text: string
  replyTo: string
}

/** SaveDraft keeps a draft with its conversation; an empty one takes it away. */
export type SaveDraft = (key: string, text: string, replyTo: string) => Promise<void>

/** A pause in the typing of so many milliseconds saves. */
const pause = 1_000
/** After a failure it is tried again, each time later, up to the longest wait. */
const longest = 60_000

/** Drafts saves what is written, a while after the last key or at once, in the order it was written. */
export class Drafts {
  readonly #save: SaveDraft
  readonly #waiting = new Map<string, Draft>()
  readonly #saving = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #patience = pause

  constructor(save: SaveDraft) {
    this.#save = save
  }

  /** keep saves the draft soon. */
  keep(key: string, draft: Draft): void {
    this.#waiting.set(key, draft)
    this.arm(pause)
  }

  /** forget lets go of a draft that was not saved yet: its conversation is gone. */
  forget(key: string): void {
    this.#waiting.delete(key)
  }

  /** flush saves at once what has not been saved. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await Promise.all([...this.#waiting.keys()].map((key) => this.write(key)))
  }

  private arm(after: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), after)
  }

  /** write saves one conversation's newest draft: calls overtake each other, so one at a time. */
  private async write(key: string): Promise<void> {
    if (this.#saving.has(key)) return
    this.#saving.add(key)
    let draft: Draft | undefined
    try {
      while ((draft = this.#waiting.get(key))) {
        this.#waiting.delete(key)
        await this.#save(key, draft.text, draft.replyTo)
        this.#patience = pause
      }
    } catch {
      // What is newer by now is saved in its place.
      if (draft && !this.#waiting.has(key)) this.#waiting.set(key, draft)
      this.#patience = Math.min(this.#patience * 2, longest)
      this.arm(this.#patience)
    } finally {
      this.#saving.delete(key)
    }
  }
}
