import type { HistoryWindow, Message, Page } from '$lib/api'
import type { History } from '$lib/state/pages'
import { mostRows } from '$lib/state/stretch.svelte'
import { Timeline } from '$lib/state/timeline.svelte'
import { describe, expect, test } from 'vitest'
import { message } from './people'

const where = 'h_home/c_general'

/** pages serves a history the way the program does, oldest first. */
function pages(all: Message[]): History {
  const window = (from: number, to: number): HistoryWindow => ({
    messages: all.slice(Math.max(0, from), to),
    before: from > 0,
    after: to < all.length
  })
  return {
    history: async (_, before, limit): Promise<Page> => {
      const rows = all.filter((row) => before === '' || row.position < before)
      return { messages: rows.slice(-limit), more: rows.length > limit }
    },
    historyAfter: async (_, after, limit): Promise<Page> => {
      const rows = all.filter((row) => row.position > after || /^0+$/.test(after))
      return { messages: rows.slice(0, limit), more: rows.length > limit }
    },
    historyAround: async (_, id, limit): Promise<HistoryWindow> => {
      const at = all.findIndex((row) => row.id === id)
      if (at < 0) throw new Error('it is not here')
      return window(at - limit, at + limit + 1)
    }
  }
}

const history = (n: number) => Array.from({ length: n }, (_, i) => message(i))
const ids = (timeline: Timeline) => timeline.rows.map((row) => row.id)
const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `m_${from + i}`)
async function opened(all: Message[], start = {}) {
  const timeline = new Timeline(where, pages(all), start)
  await timeline.open()
  return timeline
}

describe('a window on the history', () => {
  test('reads the newest page, then the earlier ones, without a hole or a repetition', async () => {
    const timeline = new Timeline(where, pages(history(190)))
    expect(timeline.loaded).toBe(false)
    await timeline.open()
    expect(timeline.loaded).toBe(true)
    expect(timeline.before).toBe(true)
    await timeline.older()
    await timeline.older()
    expect(timeline.before).toBe(false)
    expect(ids(timeline)).toEqual(names(0, 190))
    await timeline.older()
    expect(timeline.rows).toHaveLength(190)
  })

  test('goes to a message far back, on to later ones, and to the end again', async () => {
    const timeline = await opened(history(1000))
    expect(await timeline.jump('m_300')).toBe(true)
    expect(timeline.aim).toEqual({ at: 'jump', message: 'm_300' })
    expect([timeline.before, timeline.after]).toEqual([true, true])
    await timeline.newer()
    expect(ids(timeline)).toEqual(names(250, 431))
    const epoch = timeline.epoch
    await timeline.toNewest()
    expect(ids(timeline)).toEqual(names(920, 1000))
    expect([timeline.after, timeline.epoch]).toEqual([false, epoch + 1])
  })

  test('goes to the beginning', async () => {
    const timeline = await opened(history(1000))
    await timeline.toOldest()
    expect(ids(timeline)).toEqual(names(0, 80))
    expect([timeline.before, timeline.after]).toEqual([false, true])
  })

  test('stays where it is when a message is not here', async () => {
    const timeline = await opened(history(100))
    expect(await timeline.jump('m_gone')).toBe(false)
    expect(ids(timeline)).toEqual(names(20, 100))
  })

  test('keeps no more rows than it may, and reads again what it dropped', async () => {
    const all = history(mostRows + 200)
    const timeline = await opened(all)
    while (timeline.before) await timeline.older()
    timeline.trim('after')
    expect(ids(timeline)).toEqual(names(0, mostRows))
    expect(timeline.after).toBe(true)
    await timeline.newer()
    timeline.trim('before')
    expect(timeline.rows).toHaveLength(mostRows)
    expect([timeline.before, timeline.rows.at(-1)?.id]).toEqual([true, `m_${mostRows + 79}`])
  })

  test('asks for one page at a time', async () => {
    let asked = 0
    const source = pages(history(500))
    const counting: History = {
      ...source,
      history: (...all) => (asked++, source.history(...all))
    }
    const timeline = new Timeline(where, counting)
    await timeline.open()
    await Promise.all([timeline.older(), timeline.older(), timeline.older()])
    expect(asked).toBe(2)
    expect(timeline.rows).toHaveLength(160)
  })
})

describe('where it opens', () => {
  test('at the oldest unread message, with the line above it', async () => {
    const timeline = await opened(history(400), { unread: 'm_200' })
    expect(timeline.aim).toEqual({ at: 'unread', message: 'm_200' })
    expect(timeline.line.message).toBe('m_200')
    expect(ids(timeline)).toContain('m_200')
  })

  test('where it was left', async () => {
    const place = { message: 'm_7', offset: -12 }
    const timeline = await opened(history(400), { place, unread: 'm_200' })
    expect(timeline.aim).toEqual({ at: 'place', ...place })
  })

  test('at the end, when that message is gone', async () => {
    const timeline = await opened(history(400), { place: { message: 'm_x', offset: 0 } })
    expect(timeline.aim).toEqual({ at: 'end' })
    expect(timeline.after).toBe(false)
  })
})

describe('reading anew', () => {
  test('keeps what was read further up', async () => {
    const all = history(150)
    const timeline = await opened(all)
    await timeline.older()
    all.push(message(150))
    await timeline.refresh()
    expect(ids(timeline)).toEqual(names(0, 151))
    expect(timeline.before).toBe(false)
  })

  test('forgets what it had when more arrived meanwhile than a page holds', async () => {
    const all = history(5)
    const timeline = await opened(all)
    for (let n = 5; n < 200; n++) all.push(message(n))
    await timeline.refresh()
    expect(ids(timeline)).toEqual(names(120, 200))
    expect(timeline.before).toBe(true)
  })

  test('stays in the middle of the history, at the place that is read', async () => {
    const all = history(1000)
    const timeline = await opened(all)
    await timeline.jump('m_300')
    timeline.place = { message: 'm_310', offset: 5 }
    all[305] = message(305, { text: 'edited' })
    await timeline.refresh()
    expect(timeline.aim).toEqual({ at: 'place', message: 'm_310', offset: 5 })
    expect(timeline.rows.find((row) => row.id === 'm_305')?.text).toBe('edited')
  })
})
