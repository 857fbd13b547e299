/** Place is where somebody reads: a message, and how far its top is below the top of the view, in pixels. */
export interface Place {
  message: string
  offset: number
}

/** Start is where a conversation opens: where it was left, else at the oldest unread message, else at the end. */
export interface Start {
  place?: Place | undefined
  unread?: string | undefined
}

/** Aim is what the view is to show, and why it goes there. */
export type Aim =
  { at: 'end' | 'start' } | ({ at: 'place' } & Place) | { at: 'unread' | 'jump'; message: string }

/** Places are where each conversation was left in this session; one that was left at its end has none. */
export class Places {
  readonly #left = new Map<string, Place>()

  of(conversation: string): Place | undefined {
    return this.#left.get(conversation)
  }

  note(conversation: string, place: Place | undefined): void {
    if (place) this.#left.set(conversation, place)
    else this.#left.delete(conversation)
  }
}
