import { describe, expect, test } from 'vitest'
import { spelled } from '$lib/keys'
import { actions } from '$lib/features/palette/actions'
import type { Entry } from '$lib/features/palette/entries'
import { rank } from '$lib/features/palette/rank'
import { shortcuts } from '$lib/messages/shortcuts'

const entry = (title: string, more: Partial<Entry> = {}): Entry => ({
  id: title,
  kind: 'action',
  title,
  run: () => undefined,
  ...more
})
const titles = (list: Entry[]) => list.map((one) => one.title)

describe('the table of actions', () => {
  test('gives each a title, an id and keys of its own', () => {
    for (const action of actions) expect(action.title, action.id).toBeTruthy()
    const ids = actions.map((one) => one.id)
    expect(new Set(ids).size).toBe(ids.length)
    const keys = actions.flatMap((one) => one.shortcut ?? [])
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('leaves plain typing alone', () => {
    for (const { shortcut = 'F6' } of actions) {
      const first = shortcut.split('+')[0] ?? ''
      expect(['Mod', 'Alt', 'Shift', 'F6', 'F11']).toContain(first)
      if (first === 'Shift') expect(shortcut).toMatch(/F6|Escape/)
    }
  })

  test('is listed with keys that differ within a line', () => {
    const local = Object.values(shortcuts.local).flat()
    const lines = [
      ...local.map(([, ...keys]) => keys),
      ...actions.map((one) => [one.shortcut ?? ''])
    ]
    for (const keys of lines) {
      expect(new Set(keys).size).toBe(keys.length)
      for (const key of keys) expect(new Set(spelled(key)).size).toBe(spelled(key).length)
    }
  })
})

describe('rank', () => {
  const all = [
    entry('#general'),
    entry('Mute this conversation', { keywords: 'silence' }),
    entry('Bob')
  ]

  test('puts what was used last first while nothing is typed', () => {
    expect(titles(rank(all, '', ['Bob']))).toEqual(['Bob', '#general', 'Mute this conversation'])
  })

  test('finds by letters that are not beside each other, and by other words', () => {
    expect(titles(rank(all, 'gnrl', []))).toEqual(['#general'])
    expect(titles(rank(all, 'silen', []))).toEqual(['Mute this conversation'])
    expect(rank(all, 'xyzzy', [])).toEqual([])
  })

  test('puts people and channels before what can be done', () => {
    const both = [entry('Compact list'), entry('Coco', { kind: 'direct' })]
    expect(titles(rank(both, 'co', []))).toEqual(['Coco', 'Compact list'])
  })

  test('prefers a title to other words, and what was used to what was not', () => {
    const two = [entry('A', { keywords: 'quiet' }), entry('Quiet')]
    expect(titles(rank(two, 'quiet', []))).toEqual(['Quiet', 'A'])
    expect(titles(rank(two.reverse(), 'quiet', []))).toEqual(['Quiet', 'A'])
    const same = [entry('Anna', { id: '1' }), entry('Anna', { id: '2' })]
    expect(rank(same, 'anna', ['2'])[0]?.id).toBe('2')
  })

  test('answers at once with a thousand entries', () => {
    const many = Array.from({ length: 1000 }, (_, n) => entry(`Conversation ${n}`))
    rank(many, 'c', [])
    const start = performance.now()
    expect(rank(many, 'conv 49', []).length).toBeLessThanOrEqual(50)
    expect(performance.now() - start).toBeLessThan(100)
  })
})
