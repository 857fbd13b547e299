import type { Conversation, Person } from '$lib/api'
import type { Sections } from '$lib/state/sections'

/** How many people to whom nothing was said yet stand in the list by themselves. */
const most = 8

/** fold makes names comparable: without case and without accents. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase()
}

/** wantedOf is what somebody looks for who types a name, with its mark or without. */
export function wantedOf(typed: string): string {
  return fold(typed.trim().replace(/^[#@]/, ''))
}

/** fits tells whether a name contains what is looked for, which comes from wantedOf. */
export function fits(name: string, wanted: string): boolean {
  return !wanted || fold(name).includes(wanted)
}

/** found is what of the sections has the name that is looked for. */
export function found(sections: Sections, wanted: string): Sections {
  const of = (list: Conversation[]) => list.filter((one) => fits(one.name, wanted))
  return {
    requests: of(sections.requests),
    pinned: of(sections.pinned),
    channels: of(sections.channels),
    directs: of(sections.directs),
    left: of(sections.left)
  }
}

/**
 * notBegun is the people of a hub to whom nothing was said yet: some of them, so that a newcomer
 * sees somebody, and all that fit while a name is looked for.
 */
export function notBegun(
  people: readonly Person[],
  directs: readonly Conversation[],
  wanted: string
): { shown: Person[]; more: boolean } {
  const begun = new Set(directs.map((one) => one.key.split('/').at(-1)))
  const others = people.filter(
    (one) => !begun.has(one.user) && !one.blocked && fits(one.name, wanted)
  )
  const count = wanted ? 50 : most
  return { shown: others.slice(0, count), more: others.length > count }
}
