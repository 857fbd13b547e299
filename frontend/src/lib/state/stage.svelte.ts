import type { CallInfo } from '$lib/api'
import { nextSpot, steady, type Spot } from './spotlight'

/** Layout is how the stage shows those in the call: all alike, or who speaks large. */
export type Layout = 'grid' | 'speaker'

type Memory = Pick<Storage, 'getItem' | 'setItem'>
const chosen = { layout: 'gossip.call.layout', talk: 'gossip.call.talk', open: 'gossip.call.open' }

/** Stage is how the call is shown: as a strip, or large with everybody's pictures. */
export class Stage {
  readonly #memory: Memory
  #open = $state(false)
  #whole = $state(false)
  #layout = $state<Layout>('grid')
  #talk = $state(false)
  #pinned = $state<string | undefined>()
  #level = $state<string | undefined>()
  #spot = $state.raw<Spot | undefined>()
  #heeded = $state.raw<readonly string[]>([])
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(memory: Memory) {
    this.#memory = memory
    this.#layout = memory.getItem(chosen.layout) === 'speaker' ? 'speaker' : 'grid'
    this.#talk = memory.getItem(chosen.talk) === 'yes'
  }

  /** open says that the call is shown large; else it is a strip. */
  get open(): boolean {
    return this.#open
  }
  /** whole says that nothing but the call is shown. */
  get whole(): boolean {
    return this.#whole
  }
  get layout(): Layout {
    return this.#layout
  }
  /** talk shows the conversation beside the stage. */
  get talk(): boolean {
    return this.#talk
  }
  /** pinned is the tile that the person has made large. */
  get pinned(): string | undefined {
    return this.#pinned
  }
  /** level is the screen that the person wants to be as small as the others. */
  get level(): string | undefined {
    return this.#level
  }
  /** spot is the device of who is large in the speaker view. */
  get spot(): string | undefined {
    return this.#spot?.device
  }

  /** heeded says that the person has put a warning away. */
  heeded(warning: string): boolean {
    return this.#heeded.includes(warning)
  }
  heed(warning: string): void {
    this.#heeded = [...this.#heeded, warning]
  }

  /** begin takes the size that the person gave the last call. */
  begin(): void {
    this.#open = this.#memory.getItem(chosen.open) === 'yes'
  }
  /** end goes back to where a call begins. */
  end(): void {
    clearTimeout(this.#again)
    this.#open = this.#whole = false
    this.#pinned = this.#level = this.#spot = undefined
    this.#heeded = []
  }
  /** grow shows the pictures that have just come, whatever was chosen for a call without any. */
  grow(): void {
    this.#open = true
  }

  toggle(open = !this.#open): void {
    this.#open = open
    this.#whole &&= open
    this.#memory.setItem(chosen.open, open ? 'yes' : 'no')
  }
  toggleWhole(whole = !this.#whole): void {
    this.#whole = whole
    this.#open ||= whole
  }
  toggleTalk(): void {
    this.#talk = !this.#talk
    this.#memory.setItem(chosen.talk, this.#talk ? 'yes' : 'no')
  }
  choose(layout: Layout): void {
    this.#layout = layout
    this.#pinned = undefined
    this.#memory.setItem(chosen.layout, layout)
  }
  /** makeRoom lets a conversation be seen that was just opened. */
  makeRoom(): void {
    this.#whole = false
    this.#talk ||= this.#open
  }

  /** pin makes a tile large, or none when it is large already. */
  pin(key: string, large: boolean): void {
    this.#pinned = large ? undefined : key
    this.#level = large ? key : undefined
  }

  /** hear follows who speaks. */
  hear(info: CallInfo): void {
    clearTimeout(this.#again)
    const devices = (list: CallInfo['participants']) => list.map((one) => one.device)
    const speaking = devices(info.participants.filter((one) => one.speaking))
    const spot = nextSpot(this.#spot, devices(info.participants), speaking, Date.now())
    this.#spot = spot
    if (spot && speaking.length && !speaking.includes(spot.device))
      this.#again = setTimeout(() => this.hear(info), spot.since + steady - Date.now())
  }
}
