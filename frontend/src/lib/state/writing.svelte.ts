import type { Api, Message } from '$lib/api'

/** The message disappears as the conversation's timer says. */
export const asConversation = -1

/** Letter is what goes out: a text, what it answers, and its seconds until it disappears. */
interface Letter {
  text: string
  replyTo: string
  expiresIn: number
}

/** Writing is what one has written in a conversation and not sent. */
export class Writing {
  readonly conversation: string
  text = $state('')
  /** Seconds until this one message disappears; 0: it stays; or asConversation. */
  expiresIn = $state(asConversation)
  #replyTo = $state('')
  #answered = $state.raw<Message | undefined>()
  #editing = $state.raw<Message | undefined>()
  /** What stood in the box before an edit took its place. */
  #aside = $state('')

  constructor(conversation: string, text = '', replyTo = '') {
    this.conversation = conversation
    this.text = text
    this.#replyTo = replyTo
  }

  /** replyTo is the id of the message that is answered, "" for none. */
  get replyTo(): string {
    return this.#replyTo
  }
  /** replying is the message that is answered, once it is known, unless an earlier one is edited. */
  get replying(): Message | undefined {
    return this.#editing ? undefined : this.#answered
  }
  get editing(): Message | undefined {
    return this.#editing
  }
  /** draft is the new message's text, also while an earlier one is edited. */
  get draft(): string {
    return this.#editing ? this.#aside : this.text
  }

  reply(message: Message): void {
    this.endEdit()
    this.#replyTo = message.id
    this.#answered = message
  }

  edit(message: Message): void {
    if (!this.#editing) this.#aside = this.text
    this.#editing = message
    this.text = message.text ?? ''
  }

  /** cancel ends an edit, or takes back that a message is answered; it tells whether there was one. */
  cancel(): boolean {
    if (this.#editing) this.endEdit()
    else if (this.#replyTo) this.endReply()
    else return false
    return true
  }

  /** send sends the letter and leaves the box empty; what could not be sent comes back. */
  async send(api: Pick<Api, 'send'>): Promise<void> {
    const answered = this.#answered
    const letter = { text: this.text.trim(), replyTo: this.#replyTo, expiresIn: this.expiresIn }
    this.clear()
    try {
      await api.send(this.conversation, letter.text, letter.replyTo, letter.expiresIn)
    } catch (cause) {
      this.giveBack(letter, answered)
      throw cause
    }
  }

  /** change puts the text in the place of the edited message's, unless it is the same. */
  async change(api: Pick<Api, 'edit'>): Promise<void> {
    const message = this.#editing
    const text = this.text.trim()
    this.endEdit()
    if (!message || text === message.text) return
    try {
      await api.edit(this.conversation, message.id, text)
    } catch (cause) {
      if (!this.#editing) {
        this.edit(message)
        this.text = text
      }
      throw cause
    }
  }

  /** giveBack puts a letter that could not be sent into the box again, unless it is taken. */
  private giveBack(letter: Letter, answered: Message | undefined): void {
    if (this.draft || this.#replyTo) return
    if (this.#editing) this.#aside = letter.text
    else this.text = letter.text
    this.#replyTo = letter.replyTo
    this.#answered = answered
    this.expiresIn = letter.expiresIn
  }

  /** know shows a message as it is now: one that is gone can be neither answered nor edited. */
  know(message: Message): void {
    const gone = message.deleted ?? false
    if (this.#replyTo === message.id) {
      if (gone) this.endReply()
      else this.#answered = message
    }
    if (this.#editing?.id === message.id && gone) this.lose()
  }

  /** forget is told which message was erased. */
  forget(id: string): void {
    if (this.#replyTo === id) this.endReply()
    if (this.#editing?.id === id) this.lose()
  }

  clear(): void {
    this.text = ''
    this.#editing = undefined
    this.expiresIn = asConversation
    this.endReply()
  }

  private endEdit(): void {
    if (!this.#editing) return
    this.text = this.#aside
    this.#aside = ''
    this.#editing = undefined
  }

  /** lose ends an edit whose message is gone; what was typed stays where nothing else waits. */
  private lose(): void {
    this.#aside ||= this.text
    this.endEdit()
  }

  private endReply(): void {
    this.#replyTo = ''
    this.#answered = undefined
  }
}
