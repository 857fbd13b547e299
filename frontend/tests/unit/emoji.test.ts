import { beforeAll, describe, expect, test } from 'vitest'
import { loadEmoji, toned, type EmojiSet } from '$lib/emoji'
import { drawableWith } from '$lib/emoji/drawable'
import {
  firstPlace,
  linesOf,
  stepped,
  visible,
  type Section
} from '$lib/features/chat/composer/grid'
import { EmojiChoice } from '$lib/state/emoji.svelte'

let set: EmojiSet
beforeAll(async () => {
  set = await loadEmoji()
})

describe('EmojiSet', () => {
  test('has every category, and no parts of emoji', () => {
    expect(set.groups.map((group) => group.key)).toHaveLength(9)
    for (const group of set.groups) expect(group.emoji.length).toBeGreaterThan(50)
    expect(set.size).toBeGreaterThan(1_800)
    expect(set.find('🏻')).toBeUndefined()
  })

  test.each([
    ['smile', '😄'],
    ['+1', '👍️'],
    ['tada', '🎉'],
    ['sunglasses', '😎'],
    ['heart', '❤️'],
    ['JOY', '😂']
  ])(':%s: is what people know it for', (code, emoji) => {
    expect(set.find(emoji)).toBeDefined()
    expect(set.coded(code)).toBe(set.find(emoji))
  })

  test('every code names one emoji', () => {
    const codes = set.groups.flatMap((group) => group.emoji.flatMap((one) => one.codes))
    expect(new Set(codes).size).toBe(codes.length)
    for (const group of set.groups)
      for (const one of group.emoji) expect(one.codes.length, one.name).toBeGreaterThan(0)
  })

  test('search puts the exact code first, and wants every word', () => {
    expect(set.search('heart')[0]?.emoji).toBe('❤️')
    expect(set.search('tada')[0]?.emoji).toBe('🎉')
    expect(set.search('smi')[0]?.codes).toContain('smile')
    expect(set.search('cat tears').map((one) => one.emoji)).toContain('😹')
    expect(set.search('cat tears').length).toBeLessThan(5)
    expect(set.search('qqqq')).toEqual([])
    expect(set.search('  ')).toEqual([])
    expect(set.search('a', 8)).toHaveLength(8)
  })

  test('skin tones: all five, where everybody has the same', () => {
    const wave = set.coded('wave')
    expect(wave?.tones).toEqual(['👋🏻', '👋🏼', '👋🏽', '👋🏾', '👋🏿'])
    expect(wave && toned(wave, 3)).toBe('👋🏽')
    expect(wave && toned(wave, 0)).toBe('👋')
    const couple = set.search('people holding hands')[0]
    expect(couple?.tones).toHaveLength(5)
    const smile = set.coded('smile')
    expect(smile && toned(smile, 3)).toBe('😄')
    expect(set.find('👋🏽')).toBe(wave)
  })
})

describe('EmojiChoice', () => {
  test('keeps the last used, each once, the newest first', async () => {
    const choice = new EmojiChoice(async () => set)
    await choice.load()
    for (const emoji of ['😀', '🎉', '😀']) choice.use(emoji)
    expect(choice.recent).toEqual(['😀', '🎉'])
    for (let i = 0; i < 99; i++) choice.use(String.fromCodePoint(0x1f400 + i))
    expect(choice.recent.length).toBeLessThan(30)
  })

  test('shows an emoji in the chosen tone', async () => {
    const choice = new EmojiChoice(async () => set)
    await choice.load()
    choice.tone = 5
    const wave = choice.set?.coded('wave')
    expect(wave && choice.shown(wave)).toBe('👋🏿')
  })

  test('a load that failed can be tried again', async () => {
    let tries = 0
    const choice = new EmojiChoice(async () => {
      if (tries++ === 0) throw new Error('gone')
      return set
    })
    await expect(choice.load()).rejects.toThrow()
    await choice.load()
    expect(choice.set).toBe(set)
  })
})

describe('the grid', () => {
  const cells = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ emoji: `${i}`, name: '', code: '' }))
  const sections: Section[] = [
    { key: 'a', title: 'A', cells: cells(5) },
    { key: 'none', title: 'None', cells: [] },
    { key: 'b', title: 'B', cells: cells(3) }
  ]
  const lines = linesOf(sections, 3)

  test('lays out headings and lines', () => {
    expect(lines.map((line) => line.title ?? line.cells.length)).toEqual(['A', 3, 2, 'B', 3])
    expect(firstPlace(lines)).toEqual({ line: 1, column: 0 })
    expect(firstPlace(lines, 3)).toEqual({ line: 4, column: 0 })
  })

  test.each([
    ['ArrowRight', [1, 0], [1, 1]],
    ['ArrowRight', [1, 2], [2, 0]],
    ['ArrowRight', [2, 1], [4, 0]],
    ['ArrowRight', [4, 2], [4, 2]],
    ['ArrowLeft', [4, 0], [2, 1]],
    ['ArrowLeft', [1, 0], [1, 0]],
    ['ArrowDown', [1, 2], [2, 1]],
    ['ArrowDown', [2, 1], [4, 1]],
    ['ArrowUp', [4, 2], [2, 1]],
    ['ArrowUp', [1, 1], [1, 1]]
  ])('%s from %j is %j', (key, [line = 0, column = 0], [toLine, toColumn]) => {
    expect(stepped(lines, { line, column }, key)).toEqual({ line: toLine, column: toColumn })
  })

  test('draws what is seen and a little around it', () => {
    expect(visible(0, 300, 36, 200)).toEqual([0, 12])
    const [from, to] = visible(3_600, 300, 36, 200)
    expect([from, to]).toEqual([97, 112])
    expect(visible(7_000, 300, 36, 200)[1]).toBe(200)
  })
})

describe('drawableWith', () => {
  /** fonts know the emoji of a list; others come out as black boxes or as their parts. */
  function fonts(known: string[]) {
    let drawn = ''
    return drawableWith({
      font: '',
      textBaseline: 'top',
      measureText: (text) =>
        ({ width: known.includes(text) ? 30 : 30 * text.split('\u200d').length }) as TextMetrics,
      clearRect: () => undefined,
      fillText: (text) => {
        drawn = text
      },
      getImageData: () =>
        ({ data: new Uint8ClampedArray([known.includes(drawn) ? 9 : 0, 0, 0, 255]) }) as ImageData
    })
  }

  test('leaves out what would be a box or come apart', () => {
    const drawable = fonts(['😀', '🫠', '👩‍🚀'])
    expect(drawable('😀')).toBe(true)
    expect(drawable('🎉'), 'an old one is not looked at').toBe(true)
    expect(drawable('🫠')).toBe(true)
    expect(drawable('🫩')).toBe(false)
    expect(drawable('👩‍🚀')).toBe(true)
    expect(drawable('🐦‍🔥')).toBe(false)
  })
})
