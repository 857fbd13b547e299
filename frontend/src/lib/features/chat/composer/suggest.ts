import type { Conversation, Person } from '$lib/api'
import type { Emoji } from '$lib/emoji'
import { messages } from '$lib/messages'
import { inCode } from './code'

/** Trigger is an unfinished word at the caret that something can be suggested for. */
export interface Trigger {
  kind: 'person' | 'channel' | 'emoji'
  /** What was typed of it, without the sign. */
  query: string
  start: number
  end: number
}

/** Suggestion is one that can be put in the place of the unfinished word. */
export interface Suggestion {
  id: string
  /** Stands in the text then. */
  text: string
  label: string
  /** More about it, smaller. */
  hint?: string
  /** Whose picture is shown. */
  person?: Person
  emoji?: string
}

const kinds = { '@': 'person', '#': 'channel', ':': 'emoji' } as const
/** A name can have spaces and so can what is typed of it; no name is longer. */
const longest = 65
export const mostSuggestions = 8

// The sign stands at the beginning or after a space or bracket: "bob@example.org" asks for nothing.
const person = /(?:^|[\s(["'*_~])(@)([^@\n]*)$/
const channel = /(?:^|[\s(["'*_~])(#)([^\s#]*)$/
const emoji = /(?:^|[^\w:/])(:)([a-z0-9_+-]{2,})$/i

/** triggerAt finds the unfinished word that ends at the caret. */
export function triggerAt(text: string, caret: number): Trigger | undefined {
  const before = text.slice(Math.max(0, caret - longest), caret)
  // A name can hold the other signs, so people come last.
  for (const pattern of [emoji, channel, person]) {
    const [, sign, query = ''] = pattern.exec(before) ?? []
    if (!sign || /^\s|\s$/.test(query)) continue
    const start = caret - query.length - 1
    if (inCode(text, start)) return undefined
    return { kind: kinds[sign as keyof typeof kinds], query, start, end: caret }
  }
  return undefined
}

/** peopleFor suggests members: whose name begins so, then those with a later word that does. */
export function peopleFor(query: string, members: readonly Person[], all = false): Suggestion[] {
  const others = members.filter((one) => !one.mine)
  const people: Suggestion[] = fitting(query, others, (one) => one.name).map((one) => ({
    id: one.user,
    text: `@${one.name} `,
    label: one.name,
    person: one
  }))
  const everybody = all && 'all'.startsWith(fold(query))
  return everybody ? [...people.slice(0, mostSuggestions - 1), callAll] : people
}

const callAll: Suggestion = {
  id: 'all',
  text: '@all ',
  label: '@all',
  hint: messages.composer.suggestions.all
}

/** channelsFor suggests channels of the hub. */
export function channelsFor(query: string, channels: readonly Conversation[]): Suggestion[] {
  return fitting(query, channels, (one) => one.name).map((one) => ({
    id: one.key,
    text: `#${one.name} `,
    label: `#${one.name}`,
    ...(one.topic ? { hint: one.topic } : {})
  }))
}

/** emojiFor suggests emoji that were found for a query, each in the tone that the person likes. */
export function emojiFor(query: string, found: readonly Emoji[], shown: (one: Emoji) => string) {
  const best = (one: Emoji) => one.codes.find((code) => code.startsWith(query.toLowerCase()))
  return found.slice(0, mostSuggestions).map((one): Suggestion => ({
    id: one.emoji,
    text: shown(one),
    label: `:${best(one) ?? one.codes[0] ?? one.name}:`,
    hint: one.name,
    emoji: shown(one)
  }))
}

function fitting<T>(query: string, all: readonly T[], nameOf: (one: T) => string): T[] {
  const wanted = fold(query)
  const rank = (name: string) =>
    name.startsWith(wanted)
      ? 0
      : name.split(/[\s_-]+/).some((word) => word.startsWith(wanted))
        ? 1
        : 2
  return all
    .map((one) => ({ one, rank: rank(fold(nameOf(one))) }))
    .filter((one) => one.rank < 2)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, mostSuggestions)
    .map(({ one }) => one)
}

/** fold makes what people take for the same the same: capitals and accents do not count. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** codeAt finds the short code, colons and all, that has just been closed at the caret. */
export function codeAt(text: string, caret: number): Trigger | undefined {
  const before = text.slice(Math.max(0, caret - longest), caret)
  const [, query] = /(?:^|[^\w:/]):([a-z0-9_+-]{2,}):$/i.exec(before) ?? []
  if (!query) return undefined
  const start = caret - query.length - 2
  return inCode(text, start) ? undefined : { kind: 'emoji', query, start, end: caret }
}
