/** Emoji is one picture that can stand in a text. */
export interface Emoji {
  emoji: string
  name: string
  /** Short codes without colons. */
  codes: string[]
  /** In lower case: what a search looks at beside the codes. */
  words: string[]
  /** The same with each of the five skin tones, light to dark; empty where there are none. */
  tones: string[]
}

/** Emojibase's numbers of the groups; its number 2 are parts of others, which nobody looks for. */
export const groupKeys = {
  smileys: 0,
  people: 1,
  nature: 3,
  food: 4,
  travel: 5,
  activities: 6,
  objects: 7,
  symbols: 8,
  flags: 9
} as const

export type GroupKey = keyof typeof groupKeys

export interface Group {
  key: GroupKey
  emoji: readonly Emoji[]
}

/** RawEmoji is an entry of emojibase's compact data. */
export interface RawEmoji {
  hexcode: string
  label: string
  unicode: string
  group?: number
  order?: number
  tags?: string[]
  skins?: RawEmoji[]
}

/** RawCodes are short codes by hexcode. */
export type RawCodes = Record<string, string | string[]>

const modifiers = ['1F3FB', '1F3FC', '1F3FD', '1F3FE', '1F3FF']

/** EmojiSet is every emoji that there is to choose from. */
export class EmojiSet {
  readonly groups: readonly Group[]
  readonly #all: readonly Emoji[]
  readonly #byCode = new Map<string, Emoji>()
  readonly #byEmoji = new Map<string, Emoji>()

  /** Where the sets of codes say different things, the first counts. */
  constructor(raw: readonly RawEmoji[], codes: readonly RawCodes[]) {
    const sorted = [...raw].sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    const known = new Map(sorted.map((one) => [one, entry(one)]))
    for (const set of codes)
      for (const [one, emoji] of known) this.#call(emoji, [set[one.hexcode] ?? []].flat())
    this.groups = Object.entries(groupKeys).map(([key, number]) => ({
      key: key as GroupKey,
      emoji: [...known].filter(([one]) => one.group === number).map(([, emoji]) => emoji)
    }))
    this.#all = this.groups.flatMap((group) => group.emoji)
    for (const one of this.#all)
      for (const shown of [one.emoji, ...one.tones]) this.#byEmoji.set(bare(shown), one)
  }

  get size(): number {
    return this.#all.length
  }

  /** coded is the emoji that a short code names exactly. */
  coded(code: string): Emoji | undefined {
    return this.#byCode.get(code.toLowerCase())
  }

  /** find is the entry of an emoji, in whatever skin tone. */
  find(emoji: string): Emoji | undefined {
    return this.#byEmoji.get(bare(emoji))
  }

  /** search finds what the words fit, the best first: codes, then names, then what else is said. */
  search(question: string, limit = Infinity): Emoji[] {
    const words = question
      .toLowerCase()
      .split(/[\s:]+/)
      .filter(Boolean)
    if (words.length === 0) return []
    return this.#all
      .map((emoji) => ({ emoji, rank: Math.max(...words.map((word) => rankOf(emoji, word))) }))
      .filter(({ rank }) => rank < unfit)
      .sort((a, b) => a.rank - b.rank)
      .slice(0, limit)
      .map(({ emoji }) => emoji)
  }

  #call(emoji: Emoji, codes: readonly string[]): void {
    for (const code of codes) {
      if (this.#byCode.has(code)) continue
      this.#byCode.set(code, emoji)
      emoji.codes.push(code)
    }
  }
}

/** toned is an emoji in a skin tone: 1 (light) to 5 (dark), 0 for none. */
export function toned(emoji: Emoji, tone: number): string {
  return emoji.tones[tone - 1] ?? emoji.emoji
}

function entry(raw: RawEmoji): Emoji {
  const words = [raw.label, ...(raw.tags ?? [])].flatMap((text) =>
    text.toLowerCase().split(/[\s:,]+/)
  )
  return { emoji: raw.unicode, name: raw.label, codes: [], words, tones: tonesOf(raw) }
}

/** tonesOf are the variants in which everybody has the same skin tone. */
function tonesOf(raw: RawEmoji): string[] {
  const only = (modifier: string) => (skin: RawEmoji) =>
    skin.hexcode.split('-').every((code) => !modifiers.includes(code) || code === modifier)
  return modifiers.flatMap((modifier) => raw.skins?.find(only(modifier))?.unicode ?? [])
}

/** bare leaves out the selectors of the coloured form: texts have them or not. */
function bare(emoji: string): string {
  return emoji.replaceAll('\ufe0f', '')
}

const unfit = 5

/** rankOf is how well a word fits an emoji: 0 is best; of the codes that begin so the shortest is. */
function rankOf(emoji: Emoji, word: string): number {
  const begun = emoji.codes.filter((code) => code.startsWith(word))
  if (begun.length > 0) {
    const rest = Math.min(...begun.map((code) => code.length)) - word.length
    return rest === 0 ? 0 : 1 + Math.min(rest, 99) / 100
  }
  if (emoji.words.includes(word)) return 2
  if (emoji.words.some((one) => one.startsWith(word))) return 3
  return emoji.codes.some((code) => code.includes(word)) ? 4 : unfit
}
