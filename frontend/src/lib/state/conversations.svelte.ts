import type { Change, Conversation, Person, Snapshot } from '$lib/api'

/** Conversations is the list at the left and which of them is open. */
export class Conversations {
  #list = $state.raw<Conversation[]>([])
  #active = $state('')
  /** A direct conversation that is open though nothing was said in it yet. */
  #fresh = $state.raw<Conversation | undefined>()

  /** current is the open conversation, undefined when none is or it is gone. */
  current = $derived(
    this.#list.find((one) => one.key === this.#active) ??
      (this.#fresh?.key === this.#active ? this.#fresh : undefined)
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
  }

  apply(change: Change): void {
    if (change.type === 'person') this.meet(change.hub ?? '', change.person)
    if (change.type !== 'conversation') return
    const info = change.conversation_info
    const known = this.#list.some((one) => one.key === info.key)
    this.#list = known
      ? this.#list.map((one) => (one.key === info.key ? info : one))
      : [...this.#list, info]
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
    const update = (one: Conversation) => (one.key === key ? { ...one, ...shownOf(person) } : one)
    this.#list = this.#list.map(update)
    if (this.#fresh) this.#fresh = update(this.#fresh)
  }

  close(): void {
    this.#active = ''
  }

  /** neighbour is the key of the conversation that many steps below (or above) the open one. */
  neighbour(step: number, hubs: readonly string[]): string {
    const order = hubs.flatMap((hub) => [...this.channels(hub), ...this.directs(hub)])
    if (order.length === 0) return ''
    const at = order.findIndex((one) => one.key === this.#active)
    const next = at < 0 ? 0 : (at + step + order.length) % order.length
    return order[next]?.key ?? ''
  }

  /** channels are those of a hub that one is a member of, by name. */
  channels(hub: string): Conversation[] {
    return this.#list
      .filter((one) => one.hub === hub && one.kind === 'channel' && one.member)
      .sort((a, b) => a.name.localeCompare(b.name))
  }

  /** directs are a hub's direct conversations, the last one first. */
  directs(hub: string): Conversation[] {
    return this.#list
      .filter((one) => one.hub === hub && one.kind === 'direct')
      .sort(
        (a, b) => (b.last_at ?? '').localeCompare(a.last_at ?? '') || a.name.localeCompare(b.name)
      )
  }
}

/** shownOf is what a direct conversation shows of its other person. */
function shownOf(person: Person) {
  const { name, trust, verified, online } = person
  return { name, trust, verified, online, blocked: person.warning ?? '' }
}
