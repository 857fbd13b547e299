import { describe, expect, test, vi } from 'vitest'
import type { Snapshot } from '$lib/api'
import { addressOf, isPort, placeOf } from '$lib/features/onboarding/addresses'
import { positionsToAsk, wordsOf } from '$lib/features/onboarding/phrase'
import { Onboarding } from '$lib/state/onboarding.svelte'
import { Session } from '$lib/state/session.svelte'
import { defaults, Preferences } from '$lib/state/settings.svelte'

const me = { user: 'u', device: 'd', name: 'Alice', fingerprint: 'f' }
const snapshot: Snapshot = { seq: 0, stage: 'new', version: '1', hubs: [], conversations: [] }
const hub = { id: 'h', address: 'h:1720', name: 'h', state: 'online' as const }

/** begin is the first screen of an empty profile, on a program that does what it is asked. */
function begin() {
  const loaded = (more: Partial<Snapshot>) => session.load({ ...snapshot, ...more })
  const calls = {
    createIdentity: vi.fn(async () => loaded({ stage: 'ready', me })),
    restoreIdentity: vi.fn(async () => loaded({ stage: 'ready', me })),
    setName: vi.fn(async () => undefined),
    startHub: vi.fn(async () => {
      loaded({ stage: 'ready', me, hubs: [hub] })
      return { running: true, link: 'gossip://me' }
    }),
    joinHub: vi.fn(async () => {
      loaded({ stage: 'ready', me, hubs: [hub] })
      return 'h'
    }),
    settings: async () => defaults,
    setSettings: async () => undefined,
    settingsNotice: async () => ''
  }
  const session = new Session(calls as never)
  const quiet = { show: () => undefined, tell: () => undefined, fail: () => undefined }
  const settings = new Preferences(calls as never, quiet)
  session.load(snapshot)
  return { calls, session, settings, steps: new Onboarding(calls as never, session, settings) }
}

describe('Onboarding', () => {
  test('goes from a link to the conversations', async () => {
    const { steps, settings } = begin()
    steps.choose('link')
    expect(steps.step).toBe('name')
    await steps.name('Alice')
    expect(steps.step).toBe('phrase')
    steps.go('check')
    steps.confirm()
    expect(steps.step).toBe('privacy')
    steps.choosePrivacy(true, false)
    expect(steps.step).toBe('hub')
    expect(steps.done).toBe(false)
    await steps.join('gossip://there', '')
    expect(steps.done).toBe(true)
    expect(settings.value).toMatchObject({
      defaultUsername: 'Alice',
      phraseConfirmed: true,
      sendReadReceipts: false,
      privacyAsked: true
    })
  })

  test('leaves the reminder on for who writes the words down later, and asks once a start', async () => {
    const { steps, settings } = begin()
    steps.choose('link')
    await steps.name('Alice')
    steps.leavePhrase()
    steps.choosePrivacy(true, true)
    expect(settings.value.phraseConfirmed).toBe(false)
    steps.back()
    steps.choose('address')
    expect(steps.step).toBe('hub')
  })

  test('goes back from every step, and renames who comes back to the name', async () => {
    const { steps, calls } = begin()
    steps.choose('address')
    steps.back()
    expect(steps.step).toBe('welcome')
    steps.choose('address')
    await steps.name('Alice')
    steps.go('check')
    steps.back()
    expect(steps.step).toBe('phrase')
    steps.back()
    expect(steps.step).toBe('name')
    await steps.name('Alicia')
    expect(calls.createIdentity).toHaveBeenCalledOnce()
    expect(calls.setName).toHaveBeenCalledWith('Alicia')
  })

  test('shows the link of one’s own hub before the conversations', async () => {
    const { steps } = begin()
    steps.choose('own')
    await steps.name('Alice')
    steps.leavePhrase()
    steps.choosePrivacy(true, true)
    await steps.startHub('Alice’s hub')
    expect([steps.step, steps.own?.link, steps.done]).toEqual(['share', 'gossip://me', false])
    steps.finish()
    expect(steps.done).toBe(true)
  })

  test('stays where it is when the hub does not start', async () => {
    const { steps, calls } = begin()
    steps.choose('own')
    await steps.name('Alice')
    steps.leavePhrase()
    steps.choosePrivacy(true, true)
    calls.startHub.mockRejectedValueOnce(new Error('gossip-hub is not there.'))
    await expect(steps.startHub('x')).rejects.toThrow('not there')
    expect(steps.step).toBe('hub')
    await steps.join('gossip://there', '')
    expect(steps.done).toBe(true)
  })

  test('takes a link that the app was opened with', async () => {
    const { steps } = begin()
    steps.invite('gossip://there')
    expect([steps.step, steps.way, steps.link]).toEqual(['name', 'link', 'gossip://there'])
  })

  test('asks who restored for a hub, but not for the words', async () => {
    const { steps } = begin()
    steps.go('restore')
    await steps.restore('a b c', 'Alice')
    expect(steps.step).toBe('privacy')
    steps.choosePrivacy(true, true)
    expect(steps.step).toBe('welcome')
    steps.choose('link')
    expect(steps.step).toBe('hub')
  })
})

test('words are read however they were written down', () => {
  expect(wordsOf(' 1. Surge  2. HEN\n3) enough')).toEqual(['surge', 'hen', 'enough'])
})

test('three different places are asked, in order, by chance', () => {
  for (let n = 0; n < 200; n++) {
    const places = positionsToAsk(24, 3)
    expect(new Set(places).size).toBe(3)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...places)).toBeLessThan(24)
  }
  expect(positionsToAsk(24, 3, () => 0)).toEqual([0, 1, 2])
  expect(positionsToAsk(24, 3, () => 0.999)).toEqual([21, 22, 23])
})

test('addresses are put together and taken apart', () => {
  expect(addressOf('hub.example.org', '1720')).toBe('hub.example.org:1720')
  expect(addressOf('fe80::1', '1720')).toBe('[fe80::1]:1720')
  expect(placeOf('hub.example.org:4000')).toEqual({ host: 'hub.example.org', port: '4000' })
  expect(placeOf('[fe80::1]:4000')).toEqual({ host: 'fe80::1', port: '4000' })
  expect(placeOf('fe80::1')).toBeUndefined()
  expect(placeOf('hub.example.org')).toBeUndefined()
  expect(['0', '65536', 'x', ''].map(isPort)).toEqual([false, false, false, false])
  expect(isPort('1720')).toBe(true)
})
