import { loadEmoji, toned, type Emoji, type EmojiSet } from '$lib/emoji'

const recentKey = 'gossip.emoji.recent'
const toneKey = 'gossip.emoji.tone'
const most = 27

/** EmojiChoice is the emoji to choose from, and what this person chose before. */
export class EmojiChoice {
  #set = $state.raw<EmojiSet | undefined>()
  #recent = $state.raw<readonly string[]>(storedRecent())
  #tone = $state(storedTone())
  readonly #load: () => Promise<EmojiSet>

  constructor(load = loadEmoji) {
    this.#load = load
  }

  /** set is undefined until load has read it. */
  get set(): EmojiSet | undefined {
    return this.#set
  }
  /** recent are the last chosen ones, the newest first. */
  get recent(): readonly string[] {
    return this.#recent
  }
  /** tone is the skin tone: 1 (light) to 5 (dark), 0 for none. */
  get tone(): number {
    return this.#tone
  }

  set tone(tone: number) {
    this.#tone = tone
    keep(toneKey, tone)
  }

  async load(): Promise<void> {
    this.#set ??= await this.#load()
  }

  /** shown is an emoji as this person likes it. */
  shown(emoji: Emoji): string {
    return toned(emoji, this.#tone)
  }

  /** use notes that an emoji was chosen. */
  use(emoji: string): void {
    this.#recent = [emoji, ...this.#recent.filter((other) => other !== emoji)].slice(0, most)
    keep(recentKey, this.#recent)
  }
}

/** keep writes for the next start; where nothing can be kept the choice lasts until the end. */
function keep(key: string, value: unknown): void {
  try {
    globalThis.localStorage?.setItem(key, JSON.stringify(value))
  } catch {
    // The storage is full or closed.
  }
}

function stored(key: string): unknown {
  try {
    return JSON.parse(globalThis.localStorage?.getItem(key) ?? 'null')
  } catch {
    return null
  }
}

function storedRecent(): string[] {
  const list = stored(recentKey)
  const short = (one: unknown): one is string => typeof one === 'string' && one.length <= 64
  return Array.isArray(list) ? list.filter(short).slice(0, most) : []
}

function storedTone(): number {
  const tone = stored(toneKey)
  return typeof tone === 'number' && tone >= 1 && tone <= 5 ? Math.floor(tone) : 0
}
