import type { Change, Person } from '$lib/api'

/** How long somebody counts as typing after the last word of it, in milliseconds. */
const typingLasts = 6_000

/** Roster is who is known on each hub, who is in the open conversation, and who types. */
export class Roster {
  #people = $state.raw<Record<string, Person[]>>({})
  #members = $state.raw<Person[]>([])
  #typing = $state.raw<Record<string, string[]>>({})
  readonly #timers: Record<string, ReturnType<typeof setTimeout>> = {}

  get members(): readonly Person[] {
    return this.#members
  }

  set members(list: readonly Person[]) {
    const members = [...list].sort(order)
    // What is the same again must not make the conversation be drawn anew.
    if (JSON.stringify(members) !== JSON.stringify(this.#members)) this.#members = members
  }

  /** people of a hub, oneself aside: those who are there first, then by name. */
  people(hub: string): readonly Person[] {
    return this.#people[hub] ?? []
  }

  setPeople(hub: string, list: readonly Person[]): void {
    this.#people = { ...this.#people, [hub]: list.filter((one) => !one.mine).sort(order) }
  }

  /** person is somebody on a hub as far as known: a contact, or a member of the open channel. */
  person(hub: string, user: string): Person | undefined {
    const here = (one: Person) => one.user === user
    return this.people(hub).find(here) ?? this.#members.find(here)
  }

  /** typing is the names of those who write in a conversation now. */
  typing(conversation: string): readonly string[] {
    return this.#typing[conversation] ?? []
  }

  apply(change: Change): void {
    if (change.type === 'person') this.update(change.hub ?? '', change.person)
    else if (change.type === 'typing')
      this.setTyping(change.conversation ?? '', change.person.name, change.typing ?? false)
    else if (change.type === 'message' && change.message.from_name)
      this.setTyping(change.message.conversation, change.message.from_name, false)
  }

  private update(hub: string, person: Person): void {
    const others = this.people(hub).filter((one) => one.user !== person.user)
    this.setPeople(hub, [...others, person])
    this.#members = this.#members
      .map((one) => (one.user === person.user ? { ...person, ...roleOf(one) } : one))
      .sort(order)
  }

  private setTyping(conversation: string, name: string, active: boolean): void {
    const id = `${conversation} ${name}`
    clearTimeout(this.#timers[id])
    const others = this.typing(conversation).filter((other) => other !== name)
    if (!active && others.length === this.typing(conversation).length) return
    this.#typing = { ...this.#typing, [conversation]: active ? [...others, name] : others }
    if (!active) return
    this.#timers[id] = setTimeout(() => this.setTyping(conversation, name, false), typingLasts)
  }
}

/** roleOf keeps the role in the open channel, which news about a person does not carry. */
function roleOf(person: Person): { role?: string } {
  return person.role ? { role: person.role } : {}
}

function order(a: Person, b: Person): number {
  return Number(b.online) - Number(a.online) || a.name.localeCompare(b.name)
}
