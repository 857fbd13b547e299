import type { Api, Change, Person, Snapshot } from '$lib/api'
import { chime } from '$lib/sound'
import { Attention } from './attention.svelte'
import { Composer } from './composer.svelte'
import { Conversations } from './conversations.svelte'
import { EmojiChoice } from './emoji.svelte'
import { Feed } from './feed'
import { Places, type Start } from './places'
import { Roster } from './roster.svelte'
import { seldom } from './seldom'
import { Shell } from './shell.svelte'
import { Timeline } from './timeline.svelte'

const lastOpen = 'gossip.conversation'

/** AppState holds the state classes together: it feeds them and does what touches several. */
export class AppState extends Shell {
  readonly conversations = new Conversations()
  readonly roster = new Roster()
  readonly emoji = new EmojiChoice()
  readonly composer: Composer
  readonly attention: Attention
  readonly #feed: Feed
  readonly #places = new Places()
  /** Every message may come with somebody who joined or left; a burst of them is one reading. */
  readonly #membersChanged = seldom(() => this.loadMembers(this.conversations.active), 250)
  #timeline = $state.raw<Timeline | undefined>()
  /** A conversation was open once: from then on the person chooses. */
  #chosen = false

  constructor(api: Api, subscribe: (take: (change: Change) => void) => () => void) {
    super(api)
    this.attention = new Attention(api, this, chime)
    this.composer = new Composer(api, (cause) => this.fail(cause))
    this.#feed = new Feed({ snapshot: api.snapshot, subscribe }, this)
  }

  /** timeline is the history of the open conversation. */
  get timeline(): Timeline | undefined {
    return this.#timeline
  }

  /** start loads everything and follows the program until the returned function is called. */
  start(): () => void {
    const stops = [
      this.#feed.start(),
      this.appearance.follow(matchMedia('(prefers-color-scheme: dark)')),
      this.attention.follow(window),
      this.follow(window)
    ]
    return () => stops.forEach((stop) => stop())
  }

  override load(snapshot: Snapshot): void {
    super.load(snapshot)
    this.conversations.load(snapshot)
    this.composer.load(snapshot)
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

  override apply(change: Change): void {
    super.apply(change)
    this.attention.apply(change)
    this.conversations.apply(change)
    this.roster.apply(change)
    this.#timeline?.apply(change)
    this.composer.apply(change)
    if (change.type === 'open' && change.conversation) this.open(change.conversation)
    if (change.type === 'hub' && change.hub_info.state === 'online')
      void this.loadPeople(change.hub_info.id)
    if (change.type === 'conversation' && change.conversation === this.conversations.active)
      this.#membersChanged()
  }

  /** open shows a conversation, or the one it shows already anew. */
  open(key: string): void {
    this.#chosen = true
    this.call.stage.makeRoom()
    this.conversations.open(key)
    localStorage.setItem(lastOpen, key)
    this.keepPlace()
    const timeline = new Timeline(key, this.api, this.startOf(key))
    this.#timeline = timeline
    this.roster.members = []
    this.composer.open(key, this.conversations.current)
    void this.act(() => timeline.open())
    void this.loadMembers(key)
  }

  /** leave closes the conversation; the list alone is shown where the window is narrow. */
  leave(): void {
    this.keepPlace()
    this.conversations.close()
    this.composer.leave()
    this.#timeline = undefined
  }

  private keepPlace(): void {
    if (this.#timeline) this.#places.note(this.#timeline.conversation, this.#timeline.place)
  }

  private startOf(key: string): Start {
    const known = this.conversations.list.find((one) => one.key === key)
    const unread = known?.unread ? known.first_unread : undefined
    return { place: this.#places.of(key), unread }
  }

  /** openAt shows a message in its conversation; false: it is gone. */
  openAt(key: string, message: string): Promise<boolean | undefined> {
    if (key !== this.conversations.active) this.open(key)
    return this.act(async () => this.#timeline?.jump(message))
  }

  /** openDirect shows the direct conversation with somebody, begun or not. */
  async openDirect(hub: string, person: Person): Promise<void> {
    const key = await this.act(() => this.api.openDirect(hub, person.user))
    if (!key) return
    this.conversations.begin(key, hub, person)
    this.open(key)
  }

  private refresh(): void {
    const timeline = this.#timeline
    if (!timeline) return
    void this.act(() => timeline.refresh())
    void this.loadMembers(timeline.conversation)
  }

  private async loadMembers(key: string): Promise<void> {
    const members = key && (await this.act(() => this.api.members(key)))
    if (members && key === this.conversations.active) this.roster.members = members
  }

  private async loadPeople(hub: string): Promise<void> {
    const people = await this.act(() => this.api.people(hub))
    if (people) this.roster.setPeople(hub, people)
  }
}
