/** The other side forgets that somebody types after a few seconds, so it is said again. */
const again = 4_000

/** SayTyping tells the others in a conversation that one types, or no longer does. */
export type SayTyping = (key: string, active: boolean) => Promise<void>

/** TypingNotice says that one types: seldom enough, and at once when the box is emptied. */
export class TypingNotice {
  readonly #say: SayTyping
  #said = 0

  constructor(say: SayTyping) {
    this.#say = say
  }

  /** typed is told at every key whether something stands in the box. */
  typed(key: string, active: boolean): void {
    const now = Date.now()
    if (active ? now - this.#said < again : !this.#said) return
    this.#said = active ? now : 0
    // Nobody misses it when it does not arrive.
    void this.#say(key, active).catch(() => undefined)
  }

  /** over starts anew: the message was sent, or another conversation is open. */
  over(): void {
    this.#said = 0
  }
}
