import { describe, expect, test, vi } from 'vitest'
import type { Api, CallInfo, Participant } from '$lib/api'
import { durationOf } from '$lib/features/call/calling'
import { Call } from '$lib/state/call.svelte'
import { Stage } from '$lib/state/stage.svelte'

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

function start(calls: Partial<Api> = {}, quiet = () => false, check = () => false) {
  const fail = vi.fn()
  const memory = { getItem: () => null, setItem: () => undefined }
  const api = { hangUp: () => Promise.resolve(), ...calls } as unknown as Api
  const call = new Call(api, { fail, quiet, check }, new Stage(memory))
  return { call, fail }
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

  test('says why it ended until somebody has seen it, and does not stay large', () => {
    const { call } = start()
    call.apply(change(active))
    call.stage.toggle(true)
    expect(call.staged).toBe(true)
    call.apply(change(info({ ended: 'The connection was lost.' })))
    expect(call.ended).toMatchObject({ conversation: 'h/c', why: 'The connection was lost.' })
    expect(call.staged).toBe(false)
    call.apply(change(info({ ended: 'The connection was lost.' })))
    call.dismiss()
    expect(call.ended).toBeUndefined()
  })

  test('says that the others have hung up, but not that one has done so', async () => {
    const { call } = start()
    call.apply(change(active))
    call.apply(change(info()))
    expect(call.ended).toMatchObject({ conversation: 'h/c', why: '', mine: true })
    call.apply(change(active))
    expect(call.ended).toBeUndefined()
    await call.hangUp()
    call.apply(change(info()))
    expect(call.ended).toBeUndefined()
  })

  test('says nothing of one that was not taken', () => {
    const { call } = start()
    call.apply(change({ ...active, phase: 'ringing' }))
    call.apply(change(info()))
    expect(call.ended).toBeUndefined()
  })

  test('grows when the first picture comes, and stays small when that was chosen', () => {
    const { call } = start()
    call.apply(change(active))
    expect(call.staged).toBe(false)
    const seen = { ...active, participants: [{ ...bob, camera: true }] }
    call.apply(change(seen))
    expect([call.staged, call.covers]).toEqual([true, true])
    call.stage.toggleTalk()
    expect(call.covers).toBe(false)
    call.stage.toggle()
    call.apply(change({ ...seen, muted: true }))
    expect(call.staged).toBe(false)
  })

  test('counts who is in a call, also where one is not', () => {
    const { call } = start()
    const names = ['bob', 'carol']
    const running = [{ conversation: 'h/d', started: '', users: [], names }]
    call.apply(change({ ...active, running }))
    expect(['h/c', 'h/d', 'h/e'].map((key) => call.peopleAt(key))).toEqual([2, 2, 0])
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
