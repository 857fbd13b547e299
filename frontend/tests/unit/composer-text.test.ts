import { describe, expect, test } from 'vitest'
import { inCode } from '$lib/features/chat/composer/code'
import { marked, markOf } from '$lib/features/chat/composer/format'
import { mostBytes, roomFor } from '$lib/features/chat/composer/length'
import { channelsFor, codeAt, peopleFor, triggerAt } from '$lib/features/chat/composer/suggest'
import { presets, unitOf } from '$lib/features/chat/composer/timers'
import { conversation, person } from './people'

describe('suggestions', () => {
  const at = (text: string) => {
    const found = triggerAt(text, text.length)
    return found && [found.kind, found.query, found.start]
  }

  test.each([
    ['@', ['person', '', 0]],
    ['hi @bo', ['person', 'bo', 3]],
    ['@Anna Le', ['person', 'Anna Le', 0]],
    ['(#gen', ['channel', 'gen', 1]],
    ['so :smi', ['emoji', 'smi', 3]],
    ['@bob :smi', ['emoji', 'smi', 5]],
    ['🎉:ta', ['emoji', 'ta', 2]],
    [':s', undefined],
    ['at 12:30', undefined],
    ['https://x', undefined],
    ['bob@example', undefined],
    ['@bob ', undefined],
    ['# heading', undefined],
    ['`@bo', undefined],
    ['```\n@bo', undefined],
    ['`x` @bo', ['person', 'bo', 4]]
  ])('%j asks for %j', (text, wanted) => expect(at(text)).toEqual(wanted))

  test('people: those whose name begins so first, never oneself', () => {
    const members = ['Carol Bo', 'bob', 'Émile'].map((name) => person(name))
    const names = (query: string) => peopleFor(query, members).map((one) => one.label)
    expect(names('bo')).toEqual(['bob', 'Carol Bo'])
    expect(names('emi')).toEqual(['Émile'])
    expect(peopleFor('', [person('alice', { mine: true })])).toEqual([])
    expect(peopleFor('bo', members)[0]?.text).toBe('@bob ')
  })

  test('everybody, for those who run the channel', () => {
    const labels = (query: string, all: boolean) =>
      peopleFor(query, [person('Alf')], all).map((one) => one.label)
    expect(labels('al', true)).toEqual(['Alf', '@all'])
    expect(labels('al', false)).toEqual(['Alf'])
    expect(labels('alf', true)).toEqual(['Alf'])
  })

  test('channels', () => {
    const found = channelsFor('boo', [conversation('general'), conversation('books')])
    expect(found.map((one) => one.text)).toEqual(['#books '])
  })

  test('a code that was closed', () => {
    expect(codeAt('so :smile:', 10)).toMatchObject({ query: 'smile', start: 3, end: 10 })
    expect(codeAt('`:smile:', 8)).toBeUndefined()
    expect(codeAt('at 12:30:', 9)).toBeUndefined()
  })
})

test('inCode knows fences and quotes', () => {
  expect(inCode('a `b` c', 7)).toBe(false)
  expect(inCode('a `b', 4)).toBe(true)
  expect(inCode('```\na\n```\nb', 11)).toBe(false)
  expect(inCode('```\na', 5)).toBe(true)
})

describe('marks', () => {
  /** mark sets one around what stands between brackets. */
  function mark(text: string, sign: string): string {
    const [start, end] = [text.indexOf('['), text.indexOf(']') - 1]
    const plain = text.replace(/[[\]]/g, '')
    const edit = marked(plain, start, end, sign)
    const done = plain.slice(0, edit.start) + edit.text + plain.slice(edit.end)
    return `${done.slice(0, edit.from)}[${done.slice(edit.from, edit.to)}]${done.slice(edit.to)}`
  }

  test.each([
    ['a [b] c', '**', 'a **[b]** c'],
    ['a **[b]** c', '**', 'a [b] c'],
    ['a **[b]** c', '*', 'a ***[b]*** c'],
    ['a ***[b]*** c', '*', 'a **[b]** c'],
    ['a ***[b]*** c', '**', 'a *[b]* c'],
    ['[]', '~~', '~~[]~~'],
    ['x [a\nb]', '`', 'x \n```\n[a\nb]\n```']
  ])('%j with %s is %j', (text, sign, wanted) => expect(mark(text, sign)).toBe(wanted))

  test('keys', () => {
    const key = { key: 'b', ctrlKey: true, shiftKey: false, metaKey: false, altKey: false }
    expect(markOf(key)).toBe('**')
    expect(markOf({ ...key, key: 'X', shiftKey: true })).toBe('~~')
    expect(markOf({ ...key, key: 'x' })).toBeUndefined()
    expect(markOf({ ...key, ctrlKey: false })).toBeUndefined()
  })
})

test('the room that is left is told near the end, in bytes of UTF-8', () => {
  expect(roomFor('x'.repeat(20_000))).toBeUndefined()
  expect(roomFor('x'.repeat(60_000))).toBeUndefined()
  expect(roomFor('x'.repeat(mostBytes))).toEqual({ left: 0, over: false })
  expect(roomFor('x'.repeat(mostBytes + 10))).toEqual({ left: -10, over: true })
  expect(roomFor('ü'.repeat(mostBytes / 2))).toEqual({ left: 0, over: false })
  expect(roomFor('ü'.repeat(mostBytes / 2 + 3))?.over).toBe(true)
})

test('timers are told in their largest unit', () => {
  expect(presets.map((time) => unitOf(time)).slice(1)).toEqual([
    { count: 30, unit: 'second' },
    { count: 5, unit: 'minute' },
    { count: 1, unit: 'hour' },
    { count: 8, unit: 'hour' },
    { count: 1, unit: 'day' },
    { count: 1, unit: 'week' },
    { count: 4, unit: 'week' }
  ])
  expect(unitOf(90)).toEqual({ count: 90, unit: 'second' })
})
