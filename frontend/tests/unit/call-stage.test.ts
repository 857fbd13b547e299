import { afterEach, describe, expect, test, vi } from 'vitest'
import type { CallInfo, Participant } from '$lib/api'
import { cornered, largeOf, tilesOf } from '$lib/features/call/tiles'
import { Attention, type Surroundings } from '$lib/state/attention.svelte'
import { nextSpot } from '$lib/state/spotlight'
import { Stage } from '$lib/state/stage.svelte'

afterEach(() => void vi.useRealTimers())

const person = (device: string, more: Partial<Participant> = {}): Participant => ({
  user: `u_${device}`,
  device,
  name: device,
  state: 'connected',
  quality: 'good',
  words: '',
  volume: 1,
  statistics: {} as Participant['statistics'],
  ...more
})
const info = (participants: Participant[], more: Partial<CallInfo> = {}): CallInfo => ({
  phase: 'active',
  participants,
  ...more
})
const keys = (of: CallInfo) => tilesOf(of).map((one) => one.key)

function memory() {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  }
}

describe('who is large in the speaker view', () => {
  const all = ['a', 'b', 'c']
  test('is who speaks, else the first', () => {
    expect(nextSpot(undefined, all, [], 0)?.device).toBe('a')
    expect(nextSpot(undefined, all, ['b'], 0)?.device).toBe('b')
    expect(nextSpot(undefined, [], [], 0)).toBeUndefined()
  })
  test('stays for two seconds, and while they speak', () => {
    const spot = { device: 'a', since: 1_000 }
    expect(nextSpot(spot, all, ['b'], 2_999)).toBe(spot)
    expect(nextSpot(spot, all, ['b'], 3_000)).toEqual({ device: 'b', since: 3_000 })
    expect(nextSpot(spot, all, ['b', 'a'], 9_000)).toBe(spot)
    expect(nextSpot(spot, all, [], 9_000)).toBe(spot)
  })
  test('is another at once when they have left', () => {
    expect(nextSpot({ device: 'x', since: 0 }, all, [], 1)?.device).toBe('a')
  })
  test('changes when the two seconds are over though nothing else is heard', () => {
    vi.useFakeTimers()
    const stage = new Stage(memory())
    stage.hear(info([person('a', { speaking: true }), person('b')]))
    vi.advanceTimersByTime(500)
    stage.hear(info([person('a'), person('b', { speaking: true })]))
    expect(stage.spot).toBe('a')
    vi.advanceTimersByTime(1_500)
    expect(stage.spot).toBe('b')
  })
})

describe('the tiles', () => {
  test('are those in the call, screens first, and oneself', () => {
    expect(keys(info([person('a'), person('b', { screen: true })]))).toEqual([
      'b/screen',
      'a',
      'b',
      ''
    ])
  })
  test('leave oneself out where two talk, unless there is a picture', () => {
    expect(keys(info([person('a')]))).toEqual(['a'])
    expect(keys(info([person('a')], { camera: true }))).toEqual(['a', ''])
    expect(keys(info([]))).toEqual([''])
  })
  test('have the own picture in the corner only where two see each other', () => {
    const two = tilesOf(info([person('a')], { camera: true }))
    expect(cornered(two, undefined)).toBe(true)
    expect(cornered(two, '')).toBe(false)
    expect(cornered(tilesOf(info([person('a')])), undefined)).toBe(false)
    expect(cornered(tilesOf(info([person('a'), person('b')])), undefined)).toBe(false)
    expect(
      cornered(tilesOf(info([person('a', { screen: true })], { camera: true })), undefined)
    ).toBe(false)
  })
})

describe('the large tile', () => {
  const none = { layout: 'grid', pinned: undefined, level: undefined, spot: 'a' } as const
  const plain = tilesOf(info([person('a'), person('b')]))
  const shared = tilesOf(info([person('a'), person('b', { screen: true })]))
  test('is what was pinned, else a screen, else who speaks', () => {
    expect(largeOf(plain, none)).toBeUndefined()
    expect(largeOf(plain, { ...none, layout: 'speaker' })).toBe('a')
    expect(largeOf(shared, none)).toBe('b/screen')
    expect(largeOf(shared, { ...none, pinned: 'a' })).toBe('a')
    expect(largeOf(shared, { ...none, level: 'b/screen' })).toBeUndefined()
  })
  test('is no more what has gone', () => {
    expect(largeOf(plain, { ...none, pinned: 'gone' })).toBeUndefined()
  })
})

describe('the stage', () => {
  test('remembers what was chosen', () => {
    const kept = memory()
    const stage = new Stage(kept)
    stage.choose('speaker')
    stage.toggleTalk()
    stage.toggle(true)
    const next = new Stage(kept)
    expect([next.layout, next.talk, next.open]).toEqual(['speaker', true, false])
    next.begin()
    expect(next.open).toBe(true)
  })
  test('makes one tile large at a time, and small again', () => {
    const stage = new Stage(memory())
    stage.pin('a', false)
    expect(stage.pinned).toBe('a')
    stage.pin('a', true)
    expect([stage.pinned, stage.level]).toEqual([undefined, 'a'])
    stage.choose('grid')
    expect(stage.pinned).toBeUndefined()
  })
  test('gives way to a conversation that is opened', () => {
    const stage = new Stage(memory())
    stage.makeRoom()
    expect(stage.talk).toBe(false)
    stage.toggleWhole(true)
    expect([stage.open, stage.whole]).toEqual([true, true])
    stage.makeRoom()
    expect([stage.talk, stage.whole, stage.open]).toEqual([true, false, true])
  })
  test('leaves full screen with the stage', () => {
    const stage = new Stage(memory())
    stage.toggleWhole(true)
    stage.toggle(false)
    expect(stage.whole).toBe(false)
  })
})

test('a conversation that the stage covers is not looked at', () => {
  const api = { attend: () => Promise.resolve(), setBadge: () => Promise.resolve() }
  const call = { covers: true }
  const conversations = { active: 'h/c', list: [] }
  const around = { conversations, call } as unknown as Surroundings
  const attention = new Attention(api, around, () => undefined)
  const document = { hasFocus: () => true }
  const target = {
    document,
    addEventListener: () => undefined,
    removeEventListener: () => undefined
  }
  const stop = attention.follow(target as unknown as Window)
  expect(attention.attended).toBe('')
  call.covers = false
  expect(attention.attended).toBe('h/c')
  stop()
})
