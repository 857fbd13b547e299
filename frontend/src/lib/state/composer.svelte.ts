import { SvelteMap } from 'svelte/reactivity'
import type { Api, Change, Conversation, Message, Snapshot } from '$lib/api'
import { Drafts } from './drafts'
import { FieldHolder } from './field'
import { TypingNotice } from './typing-notice'
import { Writing } from './writing.svelte'

type Calls = Pick<Api, 'send' | 'edit' | 'saveDraft' | 'message' | 'typing'>

/** Composer is what one writes, conversation by conversation. */
export class Composer extends FieldHolder {
  readonly #api: Calls
  readonly #fail: (cause: unknown) => void
  readonly #drafts: Drafts
  readonly #notice: TypingNotice
  readonly #writings = new SvelteMap<string, Writing>()
  #current = $state.raw<Writing | undefined>()
  /** Conversations whose history was erased or shown anew: the next snapshot says what is left. */
  #cleared: string[] = []

  constructor(api: Calls, fail: (cause: unknown) => void) {
    super()
    this.#api = api
    this.#fail = fail
    this.#drafts = new Drafts((...draft) => api.saveDraft(...draft))
    this.#notice = new TypingNotice((...said) => api.typing(...said))
  }

  /** current is what is written in the open conversation. */
  get current(): Writing | undefined {
    return this.#current
  }
  /** replying is the message that is being answered. */
  get replying(): Message | undefined {
    return this.#current?.replying
  }
  /** editing is one's own message that is being changed. */
  get editing(): Message | undefined {
    return this.#current?.editing
  }

  /** draft is the text that waits in a conversation; undefined while it was not opened. */
  draft(key: string): string | undefined {
    return this.#writings.get(key)?.draft
  }

  /** open shows what is written in a conversation; what the program kept counts the first time. */
  open(key: string, kept?: Pick<Conversation, 'draft' | 'draft_reply_to'>): void {
    if (this.#current?.conversation === key) return
    this.leave()
    const known = this.#writings.get(key)
    this.#current = known ?? new Writing(key, kept?.draft, kept?.draft_reply_to)
    if (known) return
    this.#writings.set(key, this.#current)
    if (this.#current.replyTo) void this.readAnswered(this.#current)
  }

  /** leave closes the box, and what is written is saved. */
  leave(): void {
    this.#notice.over()
    this.#current = undefined
    void this.save()
  }

  /** save keeps at once what is written. */
  save(): Promise<void> {
    return this.#drafts.flush()
  }

  /** reply begins an answer to a message of the open conversation. */
  reply(message: Message): void {
    this.#current?.reply(message)
    this.keep()
    this.focus()
  }

  /** edit puts one's own message into the box to be changed. */
  edit(message: Message): void {
    this.#current?.edit(message)
    this.focus()
  }

  /** cancel ends the edit or the answer; it tells whether there was one. */
  cancel(): boolean {
    const ended = this.#current?.cancel() ?? false
    if (ended) this.keep()
    return ended
  }

  /** typed is told of every change that the person makes in the box. */
  typed(text: string): void {
    const writing = this.#current
    if (!writing) return
    writing.text = text
    this.#cleared = this.#cleared.filter((key) => key !== writing.conversation)
    if (writing.editing) return
    this.keep(writing)
    this.#notice.typed(writing.conversation, text.trim() !== '')
  }

  /** send sends what is in the box, or puts it in the place of the message that is edited. */
  async send(): Promise<void> {
    const writing = this.#current
    if (!writing?.text.trim()) return
    this.#notice.over()
    const work = writing.editing ? writing.change(this.#api) : writing.send(this.#api)
    this.keep(writing)
    void this.save()
    await work.catch((cause: unknown) => {
      this.#fail(cause)
      this.keep(writing)
    })
  }

  apply(change: Change): void {
    const writing = this.#writings.get(change.conversation ?? '')
    if (change.type === 'message_changed') writing?.know(change.message)
    else if (change.type === 'message_removed') writing?.forget(change.message_id)
    else if (change.type === 'cleared' && writing) this.#cleared.push(writing.conversation)
  }

  /** load drops what was written where the person has deleted the conversation. */
  load(snapshot: Pick<Snapshot, 'conversations'>): void {
    for (const key of this.#cleared) {
      const kept = snapshot.conversations.find((one) => one.key === key)
      if (kept?.draft || kept?.draft_reply_to) continue
      this.#drafts.forget(key)
      this.#writings.get(key)?.clear()
    }
    this.#cleared = []
  }

  private keep(writing = this.#current): void {
    if (writing)
      this.#drafts.keep(writing.conversation, { text: writing.draft, replyTo: writing.replyTo })
  }

  /** readAnswered gets the message that a kept draft answers; without it there is no answer. */
  private async readAnswered(writing: Writing): Promise<void> {
    const id = writing.replyTo
    const message = await this.#api.message(writing.conversation, id).catch(() => undefined)
    if (message) writing.know(message)
    else writing.forget(id)
  }
}
