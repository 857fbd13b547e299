import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SearchResult } from '$lib/api'
import { piecesOf, questionFor, withFilter } from '$lib/features/search/questions'
import { pause, Search } from '$lib/state/search.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const result = (ids: string[], more = false): SearchResult => ({
  hits: ids.map((id) => ({ message: { id } as never, ranges: [] })),
  more
})
const found = (search: Search) => search.hits.map((hit) => hit.message.id)

describe('Search', () => {
  test('asks once the person pauses, for what is there then', async () => {
    const ask = vi.fn(async () => result(['1']))
    const search = new Search({ search: ask })
    search.ask('he')
    await vi.advanceTimersByTimeAsync(pause - 1)
    search.ask('hello ')
    await vi.advanceTimersByTimeAsync(pause)
    expect(ask.mock.calls).toEqual([['hello', 50]])
    expect(found(search)).toEqual(['1'])
  })

  test('leaves a late answer to an old question away', async () => {
    const answers: ((result: SearchResult) => void)[] = []
    const search = new Search({ search: () => new Promise((give) => answers.push(give)) })
    search.ask('old')
    await vi.advanceTimersByTimeAsync(pause)
    search.ask('new')
    await vi.advanceTimersByTimeAsync(pause)
    answers[1]?.(result(['new']))
    answers[0]?.(result(['old']))
    await vi.advanceTimersByTimeAsync(0)
    expect(found(search)).toEqual(['new'])
  })

  test('shows nothing for an empty question, even when an answer is under way', async () => {
    const search = new Search({ search: async () => result(['1']) })
    search.ask('a')
    await vi.advanceTimersByTimeAsync(pause)
    search.ask('  ')
    await vi.advanceTimersByTimeAsync(pause)
    expect(search.answered).toBe(false)
    expect(found(search)).toEqual([])
  })

  test('asks for more only while there is more', async () => {
    const many = Array.from({ length: 50 }, (_, n) => `${n}`)
    const ask = vi.fn(async (_: string, limit: number) => result(many, limit === 50))
    const search = new Search({ search: ask })
    search.ask('a')
    await vi.advanceTimersByTimeAsync(pause)
    await search.loadMore()
    await search.loadMore()
    expect(ask.mock.calls.map(([, limit]) => limit)).toEqual([50, 100])
  })

  test('tells why there is no answer', async () => {
    const search = new Search({ search: () => Promise.reject(new Error('Try again.')) })
    search.ask('a')
    await vi.advanceTimersByTimeAsync(pause)
    expect(search.error).toBe('Try again.')
  })
})

describe('piecesOf', () => {
  const marked = (text: string, ranges: [number, number][]) =>
    piecesOf(text, ranges)
      .map((one) => (one.found ? `[${one.text}]` : one.text))
      .join('')

  test('marks what was found', () => {
    expect(marked('hello world', [[0, 5]])).toBe('[hello] world')
    expect(
      marked('aXbXc', [
        [1, 2],
        [3, 4]
      ])
    ).toBe('a[X]b[X]c')
    expect(marked('nothing', [])).toBe('nothing')
  })

  test('counts in UTF-16 units and never cuts a character in two', () => {
    expect(marked('😀 yes', [[3, 6]])).toBe('😀 [yes]')
    const text = '😀'.repeat(200) + ' here' + '😀'.repeat(200)
    const whole = piecesOf(text, [[401, 405]])
      .map((one) => one.text)
      .join('')
    expect(() => encodeURIComponent(whole)).not.toThrow()
    expect(whole).toContain('here')
    expect(whole.length).toBeLessThan(400)
  })

  test('ignores ranges that overlap or lie outside', () => {
    expect(
      marked('abcdef', [
        [0, 3],
        [2, 5],
        [90, 99]
      ])
    ).toBe('[abc]def')
  })
})

test('a question for one conversation quotes names with blanks', () => {
  expect(questionFor({ kind: 'channel', name: 'general' })).toBe('in:#general ')
  expect(questionFor({ kind: 'direct', name: 'Anna Maria' })).toBe('in:"@Anna Maria" ')
})

test('a filter goes to the end, ready for its word', () => {
  expect(withFilter('', 'from:')).toBe('from:')
  expect(withFilter('hello ', 'from:')).toBe('hello from:')
  expect(withFilter('hello', 'has:link')).toBe('hello has:link ')
})
