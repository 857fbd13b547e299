import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Conversation, Settings } from '$lib/api'
import { sizeOf } from '$lib/features/settings/sizes'
import { waiting } from '$lib/state/attention.svelte'
import { defaults, Preferences } from '$lib/state/settings.svelte'
import { Toasts } from '$lib/state/toasts.svelte'
import { themeOf, themes } from '$lib/themes'

/** program keeps settings as the program does, and can refuse them. */
function program() {
  const kept = { value: { ...defaults } as Settings, refuse: false, saves: [] as Settings[] }
  const effects = { show: vi.fn(), tell: vi.fn(), fail: vi.fn() }
  const calls = {
    settings: async () => kept.value,
    settingsNotice: async () => 'put aside',
    setSettings: async (settings: Settings) => {
      kept.saves.push(settings)
      if (kept.refuse) throw new Error('The disk is full.')
      kept.value = settings
    }
  }
  return { kept, effects, settings: new Preferences(calls as never, effects) }
}

describe('Preferences', () => {
  test('are in force before they are saved', async () => {
    const { settings, effects, kept } = program()
    const saved = settings.change({ textSize: 120 })
    expect(settings.value.textSize).toBe(120)
    expect(effects.show).toHaveBeenLastCalledWith(expect.objectContaining({ textSize: 120 }))
    await saved
    expect(kept.value.textSize).toBe(120)
  })

  test('are saved one after the other, each time as they are then', async () => {
    const { settings, kept } = program()
    const first = settings.change({ density: 'compact' })
    await Promise.all([first, settings.change({ textSize: 150 })])
    expect(kept.value).toMatchObject({ density: 'compact', textSize: 150 })
    expect(kept.saves.at(-1)).toEqual(kept.value)
  })

  test('are not taken back by what the program had before a save', async () => {
    const { settings } = program()
    const saved = settings.change({ textSize: 150 })
    await settings.load()
    expect(settings.value.textSize).toBe(150)
    await saved
  })

  test('go back to what the program has when it refuses', async () => {
    const { settings, effects, kept } = program()
    kept.refuse = true
    await settings.change({ textSize: 150 })
    expect(effects.fail).toHaveBeenCalledOnce()
    expect(settings.value.textSize).toBe(100)
  })

  test('follow a change that was made elsewhere', async () => {
    const { settings, kept } = program()
    kept.value = { ...kept.value, selectedTheme: 'rosepine' }
    settings.apply({ seq: 1, type: 'settings' })
    await vi.waitFor(() => expect(settings.value.selectedTheme).toBe('rosepine'))
    expect(settings.loaded).toBe(true)
  })

  test('tell that a damaged file was put aside', async () => {
    const { settings, effects } = program()
    await settings.greet()
    expect(effects.tell).toHaveBeenCalledWith('put aside')
  })
})

test('the badge counts all that is unread, of muted conversations only what names the person', () => {
  const one = (more: Partial<Conversation>) => more as Conversation
  expect(
    waiting([
      one({ unread: 3, mentions: 1 }),
      one({ unread: 7, mentions: 2, muted: true }),
      one({ unread: 5, muted: true }),
      one({ unread: 9, person_blocked: true })
    ])
  ).toBe(5)
})

describe('Toasts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('go away by themselves, an error later', () => {
    const toasts = new Toasts()
    toasts.add('info', 'done')
    toasts.error(new Error('failed'))
    vi.advanceTimersByTime(5_000)
    expect(toasts.list.map((one) => one.text)).toEqual(['failed'])
    vi.advanceTimersByTime(7_000)
    expect(toasts.list).toEqual([])
  })

  test('stay while somebody reads them, and then for their whole time', () => {
    const toasts = new Toasts()
    toasts.add('info', 'read me')
    vi.advanceTimersByTime(4_900)
    toasts.hold(true)
    toasts.add('info', 'and me')
    vi.advanceTimersByTime(60_000)
    expect(toasts.list).toHaveLength(2)
    toasts.hold(false)
    vi.advanceTimersByTime(4_900)
    expect(toasts.list).toHaveLength(2)
    vi.advanceTimersByTime(100)
    expect(toasts.list).toEqual([])
  })
})

test('there are at least eight themes with wintry first, and an unknown one becomes it', () => {
  expect(themes.length).toBeGreaterThanOrEqual(8)
  expect(themes[0]?.id).toBe('wintry')
  expect(themeOf('no such theme').id).toBe('wintry')
})

test('sizes are said in units that people use', () => {
  expect(sizeOf(0)).toBe('0 bytes')
  expect(sizeOf(1_234)).toBe('1.2 kB')
  expect(sizeOf(12_345_678)).toBe('12 MB')
})
