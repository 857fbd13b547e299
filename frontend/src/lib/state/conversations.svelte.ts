import { byLast, nextUnread, sectionsOf, type Sections } from './sections'
import type { Change, Conversation, Person, Snapshot } from '$lib/api'

/** The longest time that a timer can wait, in milliseconds. */
const longest = 2 ** 31 - 1

/** Conversations is the list at the left and which of them is open. */
export class Conversations {
  #list = $state.raw<Conversation[]>([])
  #active = $state('')
  /** A direct conversation that is open though nothing was said in it yet. */
  #fresh = $state.raw<Conversation | undefined>()
  #waking: ReturnType<typeof setTimeout> | undefined

  /** current is the open conversation, undefined when none is or it is gone. */
  current = $derived(
    this.#list.find((one) => one.key === this.#active) ??
      (this.#fresh?.key === this.#active ? this.#fresh : undefined)
  )
  /** What is listed: one that is only begun stands there while it is open. */
  #shown = $derived(
    this.current && !this.#list.includes(this.current) ? [...this.#list, this.current] : this.#list
  )
  unread = $derived(this.#list.reduce((sum, one) => sum + one.unread, 0))

  get list(): readonly Conversation[] {
    return this.#list
  }
  get active(): string {
    return this.#active
  }

  load(snapshot: Snapshot): void {
    this.#list = snapshot.conversations
    this.listen()
  }

  apply(change: Change): void {
    if (change.type === 'person') this.meet(change.hub ?? '', change.person)
    if (change.type !== 'conversation') return
    const info = change.conversation_info
    if (this.#fresh?.key === info.key) this.#fresh = info
    const known = this.#list.some((one) => one.key === info.key)
    this.#list = known
      ? this.#list.map((one) => (one.key === info.key ? info : one))
      : [...this.#list, info]
    this.listen()
  }

  /** listen ends each mute at its time, which nothing tells of. */
  private listen(): void {
    clearTimeout(this.#waking)
    const left = (one: Conversation) => Date.parse(one.muted_until ?? '') - Date.now()
    const over = (one: Conversation) => one.muted === true && left(one) <= 0
    if (this.#list.some(over))
      this.#list = this.#list.map((one) => (over(one) ? { ...one, muted: false } : one))
    const next = Math.min(...this.#list.filter((one) => one.muted && left(one) > 0).map(left))
    if (next < longest) this.#waking = setTimeout(() => this.listen(), next)
  }

  open(key: string): void {
    this.#active = key
  }

  /** begin opens the direct conversation with somebody to whom nothing was written yet. */
  begin(key: string, hub: string, person: Person): void {
    const nothing = { last_text: '', member: true, unread: 0 }
    this.#fresh = { key, hub, kind: 'direct', ...nothing, ...shownOf(person) }
    this.#active = key
  }

  /** meet shows what is new about somebody in the direct conversation with them. */
  private meet(hub: string, person: Person): void {
    const key = `${hub}/${person.user}`
    const update = (one: Conversation) =>
      one.key === key ? { ...one, ...shownOf(person, one.blocked) } : one
    this.#list = this.#list.map(update)
    if (this.#fresh) this.#fresh = update(this.#fresh)
  }

  close(): void {
    this.#active = ''
  }

  /** neighbour is the key of the conversation that many steps below (or above) the open one. */
  neighbour(step: number, hubs: readonly string[], unread = false): string {
    const order = hubs.flatMap((hub) => {
      const { left, ...sections } = this.sections(hub)
      return Object.values(sections)
        .flat()
        .concat(left.filter((one) => one.key === this.#active))
    })
    const at = order.findIndex((one) => one.key === this.#active)
    if (unread) return nextUnread(order, at, step)
    const next = at < 0 ? 0 : (at + step + order.length) % order.length
    return order[next]?.key ?? ''
  }

  /** sections are a hub's conversations as the list shows them, each by the last thing said. */
  sections(hub: string): Sections {
    return sectionsOf(this.#shown.filter((one) => one.hub === hub && this.listed(one)))
  }

  /** People whom one has blocked are listed only while open. */
  private listed(one: Conversation): boolean {
    return one.key === this.#active || !one.person_blocked
  }

  /** channels are those of a hub that one is a member of. */
  channels(hub: string): Conversation[] {
    const mine = (one: Conversation) => one.hub === hub && one.kind === 'channel' && one.member
    return this.#list.filter(mine).sort(byLast)
  }

  /** directs are a hub's direct conversations. */
  directs(hub: string): Conversation[] {
    return this.#shown.filter((one) => one.hub === hub && one.kind === 'direct').sort(byLast)
  }

  /** unreadOf counts what is unread on a hub, aside from what is muted. */
  unreadOf(hub: string): { unread: number; mentions: number } {
    const counted = this.#list.filter((one) => one.hub === hub)
    const sum = (of: (one: Conversation) => number) =>
      counted.reduce((all, one) => all + of(one), 0)
    return {
      unread: sum((one) => (one.muted ? 0 : one.unread)),
      mentions: sum((one) => one.mentions ?? 0)
    }
  }
}

/** shownOf is what a direct conversation shows of its other person. */
function shownOf(person: Person, before = '') {
  const { name, trust, verified, online } = person
  const blocked = person.warning || (person.blocked ? before : '')
  return { name, trust, verified, online, blocked, person_blocked: person.blocked ?? false }
}
