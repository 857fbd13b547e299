import { initialsOf, toneOf } from '$lib/ui/colors'
import { plain } from '$lib/sentences'
import { dayOf } from '$lib/ui/times'
import { rowsOf } from '$lib/features/chat/messages/rows'
import { Conversations } from '$lib/state/conversations.svelte'
import { seldom } from '$lib/state/seldom'
import { Roster } from '$lib/state/roster.svelte'
import { Toasts } from '$lib/state/toasts.svelte'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Conversation } from '$lib/api'
import { arrival, conversation, message, person, snapshot } from './people'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('Conversations', () => {
  const bob = conversation('bob', { kind: 'direct', key: 'h_home/u_bob', last_at: '2026-11-20' })
  const carol = conversation('carol', { kind: 'direct', key: 'h_home/u_carol' })
  const left = conversation('left', { member: false })

  function loaded() {
    const list = new Conversations()
    const conversations = [carol, bob, conversation('zoo'), left, conversation('general')]
    list.load(snapshot(0, { conversations }))
    return list
  }
  const names = (all: { name: string }[]) => all.map((one) => one.name)

  test('lists each section by its last message', () => {
    const list = loaded()
    const { channels, directs } = list.sections('h_home')
    expect(names(channels)).toEqual(['general', 'zoo'])
    expect(names(directs)).toEqual(['bob', 'carol'])
    expect(list.channels('h_other')).toEqual([])
  })

  test('puts what is pinned and who asks to write into sections of their own', () => {
    const list = loaded()
    const change = (one: Conversation, more: Partial<Conversation>) =>
      list.apply({
        seq: 1,
        type: 'conversation',
        conversation: one.key,
        conversation_info: { ...one, ...more }
      })
    change(conversation('zoo'), { pinned: true })
    change(carol, { request: true, pinned: true })
    const { requests, pinned, directs } = list.sections('h_home')
    expect([requests, pinned, directs].map(names)).toEqual([['carol'], ['zoo'], ['bob']])
  })

  test('lists a blocked person only while they are open', () => {
    const list = new Conversations()
    list.load(snapshot(0, { conversations: [{ ...bob, person_blocked: true }] }))
    expect(Object.values(list.sections('h_home')).flat()).toEqual([])
    list.open(bob.key)
    expect(names(list.sections('h_home').directs)).toEqual(['bob'])
  })

  test('keeps channels that were left apart, pinned or not, and steps past them', () => {
    const list = new Conversations()
    const zoo = conversation('zoo', { member: false, pinned: true, last_at: '2026-11-20' })
    list.load(snapshot(0, { conversations: [left, zoo, conversation('general')] }))
    const { left: shown, ...others } = list.sections('h_home')
    expect(names(shown)).toEqual(['zoo', 'left'])
    expect(names(Object.values(others).flat())).toEqual(['general'])
    list.open('h_home/c_general')
    expect(list.neighbour(1, ['h_home'])).toBe('h_home/c_general')
    list.open(left.key)
    expect(list.neighbour(1, ['h_home'])).toBe('h_home/c_general')
  })

  test('counts what is unread and follows a change', () => {
    const list = loaded()
    const info = conversation('zoo', { unread: 3, mentions: 1 })
    list.apply({ seq: 1, type: 'conversation', conversation: info.key, conversation_info: info })
    expect(list.unread).toBe(3)
    expect(list.list).toHaveLength(5)
    expect(list.unreadOf('h_home')).toEqual({ unread: 3, mentions: 1 })
    const muted = { ...info, muted: true }
    list.apply({ seq: 2, type: 'conversation', conversation: info.key, conversation_info: muted })
    expect(list.unreadOf('h_home')).toEqual({ unread: 0, mentions: 1 })
  })

  test('ends a mute at its time', () => {
    vi.setSystemTime('2026-11-20T12:00:00Z')
    const list = new Conversations()
    const muted = { muted: true, muted_until: '2026-11-20T13:00:00Z' }
    list.load(
      snapshot(0, { conversations: [conversation('a', muted), conversation('b', { muted: true })] })
    )
    vi.advanceTimersByTime(3_599_000)
    expect(list.list.map((one) => one.muted)).toEqual([true, true])
    vi.advanceTimersByTime(1_000)
    expect(list.list.map((one) => one.muted)).toEqual([false, true])
  })

  test('steps round the list in the order that is shown', () => {
    const list = loaded()
    expect(list.neighbour(1, ['h_home'])).toBe('h_home/c_general')
    list.open('h_home/c_general')
    expect(list.neighbour(-1, ['h_home'])).toBe('h_home/u_carol')
    expect(list.neighbour(1, ['h_home'])).toBe('h_home/c_zoo')
    expect(list.neighbour(1, [])).toBe('')
  })

  test('steps to what is unread, past what is read or muted', () => {
    const list = new Conversations()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => conversation(name, { unread: 1 }))
    if (!a || !b || !c) throw new Error('three are needed')
    list.load(snapshot(0, { conversations: [a, { ...b, muted: true }, c, conversation('d')] }))
    expect(list.neighbour(1, ['h_home'], true)).toBe(a.key)
    list.open(a.key)
    expect(list.neighbour(1, ['h_home'], true)).toBe(c.key)
    expect(list.neighbour(-1, ['h_home'], true)).toBe(c.key)
    list.load(snapshot(1, { conversations: [conversation('a')] }))
    expect(list.neighbour(1, ['h_home'], true)).toBe('')
  })

  test('shows what is new about a person, begun or not', () => {
    const list = loaded()
    const sure = (name: string) => ({ ...person(name), online: true, verified: true, warning: 'x' })
    list.apply({ seq: 1, type: 'person', hub: 'h_home', person: sure('bob') })
    expect(list.directs('h_home')[0]).toMatchObject({ name: 'bob', verified: true, blocked: 'x' })
    list.begin('h_home/u_dana', 'h_home', person('dana'))
    expect(list.current?.verified).toBe(false)
    list.apply({ seq: 2, type: 'person', hub: 'h_home', person: sure('dana') })
    expect(list.current).toMatchObject({ name: 'dana', verified: true })
  })

  test('keeps what was chosen for a conversation in which nothing is said yet', () => {
    const list = loaded()
    list.begin('h_home/u_dana', 'h_home', person('dana'))
    const info = conversation('dana', { kind: 'direct', key: 'h_home/u_dana', muted: true })
    list.apply({ seq: 1, type: 'conversation', conversation: info.key, conversation_info: info })
    expect(names(list.sections('h_home').directs)).toEqual(['bob', 'carol', 'dana'])
    list.load(snapshot(2, { conversations: [bob] }))
    expect(list.current?.muted).toBe(true)
    expect(names(list.sections('h_home').directs)).toEqual(['bob', 'dana'])
  })

  test('has no open conversation when that one is gone', () => {
    const list = loaded()
    list.open('h_home/c_zoo')
    expect(list.current?.name).toBe('zoo')
    list.load(snapshot(1))
    expect(list.current).toBeUndefined()
  })
})

describe('Roster', () => {
  test('puts those who are there first and oneself nowhere', () => {
    const roster = new Roster()
    const people = [person('carol'), person('alice', { mine: true }), person('bob')]
    roster.setPeople('h_home', people)
    const here = person('carol', { online: true })
    roster.apply({ seq: 1, type: 'person', hub: 'h_home', person: here })
    expect(roster.people('h_home').map((one) => one.name)).toEqual(['carol', 'bob'])
  })

  test('keeps a member’s role when news about the person come', () => {
    const roster = new Roster()
    roster.members = [person('bob', { role: 'owner' })]
    const here = person('bob', { online: true })
    roster.apply({ seq: 1, type: 'person', hub: 'h_home', person: here })
    expect(roster.members[0]).toMatchObject({ role: 'owner', online: true })
  })

  test('forgets who types after a while, or when the message is there', () => {
    const roster = new Roster()
    const where = 'h_home/c_general'
    const types = (name: string) =>
      roster.apply({
        seq: 1,
        type: 'typing',
        conversation: where,
        person: person(name),
        typing: true
      })
    types('bob')
    types('carol')
    expect(roster.typing(where)).toEqual(['bob', 'carol'])
    roster.apply(arrival(2, message(1)))
    expect(roster.typing(where)).toEqual(['carol'])
    vi.advanceTimersByTime(6_000)
    expect(roster.typing(where)).toEqual([])
  })
})

describe('seldom', () => {
  test('does at once what is asked, and a burst of it once more', async () => {
    const work = vi.fn(() => Promise.resolve())
    const ask = seldom(work, 250)
    ask()
    expect(work).toHaveBeenCalledTimes(1)
    for (let i = 0; i < 50; i++) ask()
    await vi.advanceTimersByTimeAsync(250)
    expect(work).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(work).toHaveBeenCalledTimes(2)
    ask()
    expect(work).toHaveBeenCalledTimes(3)
  })
})

describe('Toasts', () => {
  test('shows the same text once and takes it away later', () => {
    const toasts = new Toasts()
    toasts.error(new Error('The hub is full.'))
    toasts.error(new Error('The hub is full.'))
    expect(toasts.list).toHaveLength(1)
    vi.advanceTimersByTime(12_000)
    expect(toasts.list).toHaveLength(0)
  })

  test('shows four at most, the newest', () => {
    const toasts = new Toasts()
    for (const text of ['a', 'b', 'c', 'd', 'e']) toasts.add('info', text)
    expect(toasts.list.map((toast) => toast.text)).toEqual(['b', 'c', 'd', 'e'])
  })

  test('goes on after one that was pointed at is put away', () => {
    const toasts = new Toasts()
    for (const text of ['a', 'b']) toasts.add('info', text)
    toasts.hold(true)
    toasts.dismiss(1)
    toasts.add('info', 'c')
    vi.advanceTimersByTime(5_000)
    expect(toasts.list).toEqual([])
  })
})

describe('rowsOf', () => {
  test('puts a head above another person, a new day and a pause', () => {
    const at = (n: number, sent_at: string, more = {}) => message(n, { sent_at, ...more })
    const rows = rowsOf([
      at(1, '2026-11-19T12:00:00Z'),
      at(2, '2026-11-19T12:01:00Z'),
      at(3, '2026-11-19T12:02:00Z', { from: 'u_carol' }),
      at(4, '2026-11-19T12:30:00Z', { from: 'u_carol' }),
      at(5, '2026-11-21T12:00:00Z', { from: 'u_carol' })
    ])
    expect(rows.map((row) => row.headed)).toEqual([true, false, true, true, true])
    expect(rows.map((row) => row.newDay)).toEqual([true, false, false, false, true])
  })
})

describe('what people see of names and days', () => {
  test('initials take letters as people see them', () => {
    expect(initialsOf('Ada Lovelace')).toBe('AL')
    expect(initialsOf('  echo ')).toBe('E')
    expect(initialsOf('🦊 fox')).toBe('🦊F')
    expect(initialsOf('')).toBe('')
  })

  test('a seed keeps its colour', () => {
    expect(toneOf('u_alice')).toBe(toneOf('u_alice'))
    const seeds = Array.from({ length: 40 }, (_, i) => toneOf(`u_${i}`))
    expect(new Set(seeds).size).toBeGreaterThan(3)
  })

  test('the last two days have names', () => {
    const now = new Date(2026, 10, 20, 12)
    const words = { today: 'Today', yesterday: 'Yesterday' }
    expect(dayOf(new Date(2026, 10, 20, 1).toISOString(), now, words)).toBe('Today')
    expect(dayOf(new Date(2026, 10, 19, 23).toISOString(), now, words)).toBe('Yesterday')
    expect(dayOf(new Date(2026, 10, 1).toISOString(), now, words)).toContain('1')
  })
})

describe('plain', () => {
  test('keeps the sentence and leaves the cause to the log', () => {
    const detail = "can't reach the hub: nothing listens there. Check the port (dial tcp: refused)"
    expect(plain(detail)).toBe("Can't reach the hub: nothing listens there. Check the port.")
    expect(plain('The password is another one. Ask who runs it.')).toBe(
      'The password is another one. Ask who runs it.'
    )
    expect(plain(undefined)).toBe('')
  })
})
