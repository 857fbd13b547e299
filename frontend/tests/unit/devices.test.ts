import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CallDevices } from '$lib/api'
import { CallSounds } from '$lib/state/call-sounds.svelte'
import { Devices } from '$lib/state/devices.svelte'
import { defaults } from '$lib/state/settings.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const found = (microphone = ''): CallDevices => ({
  microphones: [
    { id: 'a', name: 'Desk', default: true },
    { id: 'b', name: 'Headset' }
  ],
  speakers: [],
  cameras: [],
  screens: [],
  chosen: { microphone, speaker: '', camera: '', screen: '' }
})

function start() {
  let chosen = ''
  const done: string[] = []
  const note = (what: string) => {
    done.push(what)
    return Promise.resolve()
  }
  const api = {
    callDevices: vi.fn(() => Promise.resolve(found(chosen))),
    setCallDevice: vi.fn((kind: string, id: string) => {
      if (kind === 'microphone') chosen = id
      return Promise.resolve()
    }),
    testSpeaker: vi.fn(() => Promise.resolve()),
    listenMicrophone: vi.fn((id: string) => note(`listen ${id}`)),
    stopListening: vi.fn(() => note('stop'))
  }
  const help = { tell: vi.fn(), fail: vi.fn() }
  const devices = new Devices(api, help)
  const level = (level: number, sentence?: string) =>
    devices.apply({ seq: 1, type: 'level', level, ...(sentence && { sentence }) })
  const settle = () => vi.advanceTimersByTimeAsync(0)
  return { api, help, devices, done, level, settle }
}

describe('listening to the microphone', () => {
  test('shows how loud it is, and judges it', async () => {
    const { devices, level, settle } = start()
    devices.listen()
    await settle()
    expect(devices.verdict).toBe('waiting')
    level(0.1)
    expect(devices.level).toBe(0.1)
    expect(devices.verdict).toBe('waiting')
    level(0.6)
    expect(devices.verdict).toBe('heard')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(devices.verdict).toBe('heard')
  })

  test('says when nothing was heard for too long, and takes that back', async () => {
    const { devices, level } = start()
    devices.listen()
    await vi.advanceTimersByTimeAsync(8_000)
    expect(devices.verdict).toBe('silence')
    level(0.6)
    expect(devices.verdict).toBe('heard')
  })

  test('goes on with the microphone that is chosen', async () => {
    const { devices, done, level, settle } = start()
    await devices.load()
    devices.listen()
    await settle()
    level(0.6)
    await devices.choose('microphone', 'b')
    await settle()
    expect(done).toEqual(['listen ', 'listen b'])
    expect(devices.verdict).toBe('waiting')
    expect(devices.list?.chosen.microphone).toBe('b')
  })

  test('is renewed before the program ends it, and ends once', async () => {
    const { devices, done, level, settle } = start()
    const stop = devices.listen()
    await vi.advanceTimersByTimeAsync(100_000)
    expect(done).toEqual(['listen ', 'listen '])
    stop()
    await settle()
    level(0.6)
    await vi.advanceTimersByTimeAsync(200_000)
    expect(done).toEqual(['listen ', 'listen ', 'stop'])
    expect(devices.level).toBe(0)
  })

  test('says why it cannot be, and tries again when a device has come', async () => {
    const { api, devices, done, level, settle } = start()
    await devices.load()
    api.listenMicrophone.mockRejectedValueOnce(new Error('The microphone is busy.'))
    devices.listen()
    await settle()
    expect(devices.trouble).toBe('The microphone is busy.')
    devices.apply({ seq: 2, type: 'devices' })
    await settle()
    expect(devices.trouble).toBe('')
    expect(done).toEqual(['listen '])
    level(0, 'the microphone was unplugged')
    expect(devices.trouble).toBe('The microphone was unplugged.')
  })
})

describe('devices', () => {
  test('are asked for again when one has come or gone, which is told', async () => {
    const { api, help, devices, settle } = start()
    devices.apply({ seq: 1, type: 'devices', sentence: 'The headset was unplugged.' })
    expect(help.tell).toHaveBeenCalledWith('The headset was unplugged.')
    expect(api.callDevices).not.toHaveBeenCalled()
    await devices.load()
    devices.apply({ seq: 2, type: 'devices' })
    await settle()
    expect(api.callDevices).toHaveBeenCalledTimes(2)
  })

  test('are taken back when they cannot be taken', async () => {
    const { api, help, devices } = start()
    await devices.load()
    api.setCallDevice.mockRejectedValueOnce(new Error('It is busy.'))
    const chosen = devices.choose('microphone', 'b')
    expect(devices.list?.chosen.microphone).toBe('b')
    await chosen
    expect(devices.list?.chosen.microphone).toBe('')
    expect(help.fail).toHaveBeenCalledOnce()
  })
})

describe('the sounds of a call', () => {
  const tune = (call: object, settings: object = {}) =>
    new CallSounds(
      {
        call: { info: { phase: '', participants: [] }, rings: false, ...call },
        settings: { value: { ...defaults, ...settings } }
      },
      { ring: () => () => undefined, ringback: () => () => undefined }
    ).tune

  test('ring while somebody calls, unless that is to be silent', () => {
    expect(tune({ rings: true })).toBe('ring')
    expect(tune({ rings: true }, { ringSound: false })).toBeUndefined()
    expect(tune({ rings: false })).toBeUndefined()
  })

  test('let who calls hear that it rings', () => {
    const calling = { phase: 'calling', participants: [] }
    expect(tune({ info: calling })).toBe('ringback')
    expect(tune({ info: { ...calling, deafened: true } })).toBeUndefined()
    expect(tune({ info: { ...calling, phase: 'active' } })).toBeUndefined()
  })
})
