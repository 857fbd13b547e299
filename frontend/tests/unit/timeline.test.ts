import type { Message, Page } from '$lib/api'
import { Timeline } from '$lib/state/timeline.svelte'
import { describe, expect, test } from 'vitest'
import { arrival, message } from './people'

/** pages serves a history the way the program does: the rows before a position, oldest first. */
function pages(all: Message[]) {
  return async (before: string, limit: number): Promise<Page> => {
    const rows = all.filter((row) => before === '' || row.position < before)
    return { messages: rows.slice(-limit), more: rows.length > limit }
  }
}

const history = (n: number) => Array.from({ length: n }, (_, i) => message(i))
const ids = (timeline: Timeline) => timeline.rows.map((row) => row.id)

describe('Timeline', () => {
  test('reads the newest page, then the earlier ones, without a hole or a repetition', async () => {
    const all = history(150)
    const timeline = new Timeline('h_home/c_general', pages(all))
    expect(timeline.loaded).toBe(false)
    await timeline.refresh()
    expect(timeline.loaded).toBe(true)
    expect(timeline.more).toBe(true)
    await timeline.older()
    await timeline.older()
    expect(timeline.more).toBe(false)
    expect(ids(timeline)).toEqual(all.map((row) => row.id))
    await timeline.older()
    expect(timeline.rows).toHaveLength(150)
  })

  test('keeps what was read further up when it reads the end anew', async () => {
    const all = history(100)
    const timeline = new Timeline('h_home/c_general', pages(all))
    await timeline.refresh()
    await timeline.older()
    all.push(message(100))
    await timeline.refresh()
    expect(ids(timeline)).toEqual(all.map((row) => row.id))
    expect(timeline.more).toBe(false)
  })

  test('forgets what it had when more arrived meanwhile than a page holds', async () => {
    const all = history(5)
    const timeline = new Timeline('h_home/c_general', pages(all))
    await timeline.refresh()
    for (let n = 5; n < 200; n++) all.push(message(n))
    await timeline.refresh()
    expect(ids(timeline)).toEqual(all.slice(-60).map((row) => row.id))
    expect(timeline.more).toBe(true)
  })

  test('loses nothing that comes while a page is read', async () => {
    let answer: (page: Page) => void = () => undefined
    const timeline = new Timeline(
      'h_home/c_general',
      () => new Promise((resolve) => (answer = resolve))
    )
    const reading = timeline.refresh()
    timeline.apply(arrival(1, message(2)))
    answer({ messages: [message(1)], more: false })
    await reading
    expect(ids(timeline)).toEqual(['m_1', 'm_2'])
  })

  test('shows a row once, in its place, however it arrives', async () => {
    const timeline = new Timeline('h_home/c_general', pages([message(1), message(3)]))
    await timeline.refresh()
    timeline.apply(arrival(1, message(2)))
    timeline.apply(arrival(2, message(2)))
    expect(ids(timeline)).toEqual(['m_1', 'm_2', 'm_3'])
  })

  test('moves a row of one’s own when the hub has given it its place', async () => {
    const own = message(9, { mine: true, state: 'queued' })
    const timeline = new Timeline('h_home/c_general', pages([message(1), own]))
    await timeline.refresh()
    timeline.apply(arrival(1, message(5)))
    const sent = { ...own, state: 'sent' as const, position: message(4).position }
    timeline.apply({
      seq: 2,
      type: 'message_changed',
      conversation: own.conversation,
      message: sent
    })
    expect(ids(timeline)).toEqual(['m_1', 'm_9', 'm_5'])
    expect(timeline.rows[1]?.state).toBe('sent')
  })

  test('drops an expired row and ignores another conversation', async () => {
    const timeline = new Timeline('h_home/c_general', pages([message(1), message(2)]))
    await timeline.refresh()
    const where = 'h_home/c_general'
    timeline.apply({ seq: 1, type: 'message_removed', conversation: where, message_id: 'm_1' })
    timeline.apply(arrival(2, message(3, { conversation: 'h_home/c_other' })))
    expect(ids(timeline)).toEqual(['m_2'])
  })

  test('leaves a change further back for the page that holds it', async () => {
    const timeline = new Timeline('h_home/c_general', pages(history(100)))
    await timeline.refresh()
    const old = message(3, { edited: true })
    timeline.apply({
      seq: 1,
      type: 'message_changed',
      conversation: old.conversation,
      message: old
    })
    expect(ids(timeline)).not.toContain('m_3')
  })

  test('reads up to the last message of another person', async () => {
    const notice = message(3, { notice: { kind: 'joined', text: 'carol joined' } })
    const rows = [message(1), message(2, { mine: true }), notice]
    const timeline = new Timeline('h_home/c_general', pages(rows))
    await timeline.refresh()
    expect(timeline.newest).toBe('m_1')
  })
})
