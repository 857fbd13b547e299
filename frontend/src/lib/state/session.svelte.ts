import { plain } from '$lib/sentences'
import type { Api, Change, Hub, Me, Snapshot, Stage } from '$lib/api'

/** Session is whose profile is open, how far it is, and the hubs that it is joined to. */
export class Session {
  #stage = $state<Stage>('opening')
  #error = $state('')
  #version = $state('')
  #me = $state.raw<Me | undefined>()
  #hubs = $state.raw<Hub[]>([])
  /** Since when each hub is away, in milliseconds; what is online has no entry. */
  #away = $state.raw<Record<string, number>>({})
  #candidate = $state.raw<Hub | undefined>()
  readonly #api: Api

  /** troubled is the first hub that is not connected, which the banner tells about. */
  troubled = $derived(this.#hubs.find((hub) => hub.state !== 'online'))

  constructor(api: Api) {
    this.#api = api
  }

  get stage(): Stage {
    return this.#stage
  }
  get error(): string {
    return this.#error
  }
  get version(): string {
    return this.#version
  }
  get me(): Me | undefined {
    return this.#me
  }
  get hubs(): readonly Hub[] {
    return this.#hubs
  }
  /** candidate is the hub that is being joined, which has no id until it has answered. */
  get candidate(): Hub | undefined {
    return this.#candidate
  }

  load(snapshot: Snapshot): void {
    this.#stage = snapshot.stage
    this.#error = plain(snapshot.error)
    this.#version = snapshot.version
    this.#me = snapshot.me
    this.#hubs = snapshot.hubs
    this.watch()
  }

  apply(change: Change): void {
    if (change.type !== 'hub') return
    const hub = change.hub_info
    this.#candidate = hub.id ? undefined : hub
    if (!hub.id) return
    const known = this.#hubs.some((other) => other.id === hub.id)
    this.#hubs = known
      ? this.#hubs.map((other) => (other.id === hub.id ? hub : other))
      : [...this.#hubs, hub]
    this.watch()
  }

  /** watch notes when a hub went away, until it is back. */
  private watch(): void {
    const gone = this.#hubs.filter((hub) => hub.state !== 'online')
    this.#away = Object.fromEntries(gone.map(({ id }) => [id, this.#away[id] ?? Date.now()]))
  }

  /** since is when a hub was lost, in milliseconds; undefined while it is connected. */
  since(hub: string): number | undefined {
    return this.#away[hub]
  }

  hub(id: string): Hub | undefined {
    return this.#hubs.find((hub) => hub.id === id)
  }

  unlock(passphrase: string): Promise<void> {
    return this.#api.unlock(passphrase)
  }
  create(name: string): Promise<void> {
    return this.#api.createIdentity(name)
  }
  restore(words: string, name: string): Promise<void> {
    return this.#api.restoreIdentity(words, name)
  }
  phrase(): Promise<string[]> {
    return this.#api.phrase()
  }
  join(address: string, password: string): Promise<string> {
    this.#candidate = undefined
    return this.#api.joinHub(address, password)
  }
  cancelJoin(): Promise<void> {
    return this.#api.cancelJoin()
  }
  reconnect(hub: string): Promise<void> {
    return this.#api.reconnect(hub)
  }
}
