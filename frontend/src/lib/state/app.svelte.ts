import type { Api, Change, Person, Snapshot } from '$lib/api'
import { plain } from '$lib/sentences'
import { Appearance } from './appearance.svelte'
import { Conversations } from './conversations.svelte'
import { Feed } from './feed'
import { Roster } from './roster.svelte'
import { Session } from './session.svelte'
import { Timeline } from './timeline.svelte'
import { Toasts } from './toasts.svelte'
import { View } from './view.svelte'

const lastOpen = 'gossip.conversation'

/** AppState holds the state classes together: it feeds them and does what touches several. */
export class AppState {
  readonly toasts = new Toasts()
  readonly view = new View()
  readonly appearance = new Appearance()
  readonly conversations = new Conversations()
  readonly roster = new Roster()
  readonly session: Session
  readonly api: Api
  readonly #feed: Feed
  #timeline = $state.raw<Timeline | undefined>()
  /** A conversation was open once: from then on the person chooses. */
  #chosen = false
  #drafts: Record<string, string> = {}

  constructor(api: Api, subscribe: (take: (change: Change) => void) => () => void) {
    this.api = api
    this.session = new Session(api)
    this.#feed = new Feed({ snapshot: api.snapshot, subscribe }, this)
  }

  /** timeline is the history of the open conversation. */
  get timeline(): Timeline | undefined {
    return this.#timeline
  }

  /** start loads everything and follows the program until the returned function is called. */
  start(): () => void {
    const stopFeed = this.#feed.start()
    const stopAppearance = this.appearance.follow(matchMedia('(prefers-color-scheme: dark)'))
    return () => {
      stopFeed()
      stopAppearance()
    }
  }

  load(snapshot: Snapshot): void {
    this.session.load(snapshot)
    this.conversations.load(snapshot)
    for (const hub of snapshot.hubs) void this.loadPeople(hub.id)
    if (this.conversations.current) this.refresh()
    else if (this.conversations.active) this.leave()
    else if (!this.#chosen) this.openFirst(snapshot)
  }

  /** openFirst shows what was open last time, else a channel, so that nobody starts at nothing. */
  private openFirst(snapshot: Snapshot): void {
    const last = localStorage.getItem(lastOpen)
    const known = snapshot.conversations.some((one) => one.key === last)
    const hub = snapshot.hubs[0]?.id ?? ''
    const key = known && last ? last : this.conversations.channels(hub)[0]?.key
    if (key) this.open(key)
  }

  apply(change: Change): void {
    this.session.apply(change)
    this.conversations.apply(change)
    this.roster.apply(change)
    this.#timeline?.apply(change)
    if (change.type === 'error') this.tell(change.error.sentence)
    if (change.type === 'hub' && change.hub_info.state === 'online')
      void this.loadPeople(change.hub_info.id)
    if (
      change.type === 'conversation' &&
      change.conversation_info.key === this.conversations.active
    )
      void this.loadMembers(change.conversation_info.key)
  }

  /** tell shows a trouble, unless it is the one of joining a hub, which stands beside the form. */
  private tell(sentence: string): void {
    if (this.session.candidate?.detail !== sentence) this.toasts.add('error', plain(sentence))
  }

  fail(cause: unknown): void {
    this.toasts.error(cause)
  }

  /** open shows a conversation, or the one it shows already anew. */
  open(key: string): void {
    this.#chosen = true
    this.conversations.open(key)
    localStorage.setItem(lastOpen, key)
    this.#timeline = new Timeline(key, (before, limit) => this.api.history(key, before, limit))
    this.roster.members = []
    this.refresh()
  }

  /** leave closes the conversation; the list alone is shown where the window is narrow. */
  leave(): void {
    this.conversations.close()
    this.#timeline = undefined
  }

  /** act runs something that a person asked for and shows why, when it fails. */
  async act<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (cause) {
      this.fail(cause)
      return undefined
    }
  }

  /** openDirect shows the direct conversation with somebody, begun or not. */
  async openDirect(hub: string, person: Person): Promise<void> {
    const key = await this.act(() => this.api.openDirect(hub, person.user))
    if (!key) return
    this.conversations.begin(key, hub, person)
    this.open(key)
  }

  draft(key: string): string {
    return this.#drafts[key] ?? ''
  }

  keepDraft(key: string, text: string): void {
    this.#drafts[key] = text
  }

  private refresh(): void {
    const timeline = this.#timeline
    if (!timeline) return
    void this.act(() => timeline.refresh())
    void this.loadMembers(timeline.conversation)
  }

  private async loadMembers(key: string): Promise<void> {
    const members = await this.act(() => this.api.members(key))
    if (members && key === this.conversations.active) this.roster.members = members
  }

  private async loadPeople(hub: string): Promise<void> {
    const people = await this.act(() => this.api.people(hub))
    if (people) this.roster.setPeople(hub, people)
  }
}
