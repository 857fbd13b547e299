import { describe, expect, test, vi } from 'vitest'
import type { Api, CallInfo, Participant } from '$lib/api'
import { durationOf } from '$lib/features/call/calling'
import { Call } from '$lib/state/call.svelte'

const bob: Participant = {
  user: 'u_bob',
  device: 'd_bob',
  name: 'bob',
  state: 'connected',
  quality: 'good',
  words: 'The connection is good.',
  volume: 1,
  statistics: {} as Participant['statistics']
}
const info = (more: Partial<CallInfo> = {}): CallInfo => ({ phase: '', participants: [], ...more })
const change = (call: CallInfo, seq = 1) => ({ seq, type: 'call' as const, call })
const active = info({ phase: 'active', call: 'c_1', conversation: 'h/c', participants: [bob] })

function start(calls: Partial<Api> = {}) {
  const tell = vi.fn()
  const fail = vi.fn()
  const callDevices = vi.fn().mockResolvedValue({ chosen: {} })
  const call = new Call({ callDevices, ...calls } as unknown as Api, { tell, fail })
  return { call, tell, fail }
}

describe('a call', () => {
  test('rings until somebody stops it, and the next one rings anew', () => {
    const { call } = start()
    call.apply(change(info({ phase: 'ringing', call: 'c_1' })))
    expect(call.rings).toBe(true)
    call.silence()
    expect(call.rings).toBe(false)
    expect(call.on).toBe(true)
    call.apply(change(info()))
    call.apply(change(info({ phase: 'ringing', call: 'c_2' })))
    expect(call.rings).toBe(true)
  })

  test('says once why it ended, and does not stay large', () => {
    const { call, tell } = start()
    call.apply(change(active))
    call.toggleExpanded()
    expect(call.expanded).toBe(true)
    call.apply(change(info({ ended: 'bob hung up.' })))
    call.apply(change(info({ ended: 'bob hung up.' })))
    expect(tell.mock.calls).toEqual([['bob hung up.']])
    expect(call.expanded).toBe(false)
  })

  test('grows when the first picture comes, and stays small when that was chosen', () => {
    const { call } = start()
    call.apply(change(active))
    expect(call.expanded).toBe(false)
    const seen = { ...active, participants: [{ ...bob, camera: true }] }
    call.apply(change(seen))
    expect(call.expanded).toBe(true)
    call.toggleExpanded()
    call.apply(change({ ...seen, muted: true }))
    expect(call.expanded).toBe(false)
  })

  test('does not take an answer that is older than a change', async () => {
    let answer: (info: CallInfo) => void = () => undefined
    const callInfo = () => new Promise<CallInfo>((resolve) => (answer = resolve))
    const { call } = start({ callInfo })
    const loading = call.load()
    call.apply(change(active))
    answer(info())
    await loading
    expect(call.info).toBe(active)
  })

  test('turns on what is off and off what is on', async () => {
    const setMuted = vi.fn().mockResolvedValue(undefined)
    const { call } = start({ setMuted })
    call.apply(change(active))
    await call.mute()
    call.apply(change({ ...active, muted: true }))
    await call.mute()
    expect(setMuted.mock.calls).toEqual([[true], [false]])
  })

  test('is taken with the camera only when that was asked for', async () => {
    const acceptCall = vi.fn().mockResolvedValue(undefined)
    const setCamera = vi.fn().mockResolvedValue(undefined)
    const { call } = start({ acceptCall, setCamera })
    await call.accept(false)
    expect(setCamera).not.toHaveBeenCalled()
    await call.accept(true)
    expect(setCamera).toHaveBeenCalledWith(true)
  })

  test('says why it did not begin', async () => {
    const { call, fail } = start({ startCall: () => Promise.reject(new Error('The hub is away.')) })
    await call.start('h/c', false)
    expect(fail).toHaveBeenCalledWith(new Error('The hub is away.'))
  })

  test('can be joined where it runs, but not by those who are in', () => {
    const { call } = start()
    const running = [{ conversation: 'h/c', started: '', users: ['u_bob'], names: ['bob'] }]
    call.apply(change(info({ running })))
    expect(call.running('h/c')?.names).toEqual(['bob'])
    expect(call.running('h/d')).toBeUndefined()
    call.apply(change({ ...active, running }))
    expect(call.running('h/c')).toBeUndefined()
  })
})

test('a duration is shown as a clock does', () => {
  expect(durationOf(-5)).toBe('0:00')
  expect(durationOf(65_000)).toBe('1:05')
  expect(durationOf(3_723_000)).toBe('1:02:03')
})
