import type { Conversation } from '$lib/api'
import type { AppState } from '$lib/state/app.svelte'
import {
  channelsFor,
  codeAt,
  emojiFor,
  mostSuggestions,
  peopleFor,
  triggerAt,
  type Suggestion,
  type Trigger
} from './suggest'

/** What of the app is looked through. */
type Sources = Pick<AppState, 'roster' | 'conversations' | 'emoji'>

/** Suggesting is the list above the box: what the unfinished word at the caret can become. */
export class Suggesting {
  readonly #sources: Sources
  #trigger = $state.raw<Trigger | undefined>()
  #chosen = $state(0)
  /** Where a list was closed: it stays away until another word is begun. */
  #closed = -1

  list = $derived.by(() => (this.#trigger ? this.find(this.#trigger) : []))

  constructor(sources: Sources) {
    this.#sources = sources
  }

  get kind(): Trigger['kind'] | undefined {
    return this.#trigger?.kind
  }
  /** chosen is the place in the list that Enter takes. */
  get chosen(): number {
    return this.#chosen
  }

  /** look is told of the text and the caret after each of their changes. */
  look(text: string, caret: number): void {
    const trigger = triggerAt(text, caret)
    if (trigger?.start !== this.#closed) this.#closed = -1
    const open = trigger && this.#closed < 0 ? trigger : undefined
    const same = open?.query === this.#trigger?.query && open?.start === this.#trigger?.start
    if (same) return
    if (open?.kind === 'emoji') this.#sources.emoji.load().catch(() => undefined)
    this.#trigger = open
    this.#chosen = 0
  }

  /** step chooses the next one in a direction, round the ends. */
  step(by: 1 | -1): void {
    this.#chosen = (this.#chosen + by + this.list.length) % this.list.length
  }

  close(): void {
    this.#closed = this.#trigger?.start ?? -1
    this.#trigger = undefined
  }

  /** take is the word to replace and what replaces it; the list closes. */
  take(index = this.#chosen): { trigger: Trigger; suggestion: Suggestion } | undefined {
    const suggestion = this.list[index]
    const trigger = this.#trigger
    if (!suggestion || !trigger) return undefined
    if (suggestion.emoji) this.#sources.emoji.use(suggestion.emoji)
    this.close()
    return { trigger, suggestion }
  }

  /** closedCode is a short code that the last key has closed, and its emoji. */
  closedCode(text: string, caret: number): { trigger: Trigger; emoji: string } | undefined {
    if (text[caret - 1] !== ':') return undefined
    const trigger = codeAt(text, caret)
    const emoji = trigger && this.#sources.emoji.set?.coded(trigger.query)
    return emoji && { trigger, emoji: this.#sources.emoji.shown(emoji) }
  }

  private find({ kind, query }: Trigger): Suggestion[] {
    const { roster, conversations, emoji } = this.#sources
    const here = conversations.current
    if (kind === 'person') return peopleFor(query, roster.members, mayCallAll(here))
    if (kind === 'channel') return channelsFor(query, conversations.channels(here?.hub ?? ''))
    const found = emoji.set?.search(query, mostSuggestions) ?? []
    return emojiFor(query, found, (one) => emoji.shown(one))
  }
}

/** mayCallAll: "@all" calls everybody only where one who runs the channel has written it. */
function mayCallAll(conversation: Conversation | undefined): boolean {
  return conversation?.role === 'moderator' || conversation?.role === 'owner'
}
