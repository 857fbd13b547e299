import type { Change, Message, Page } from '$lib/api'
import type { History } from '$lib/state/pages'
import { Timeline } from '$lib/state/timeline.svelte'
import { expect, test } from 'vitest'
import { arrival, message } from './people'

// What happens in a conversation while it is shown.

const where = 'h_home/c_general'
const ids = (timeline: Timeline) => timeline.rows.map((row) => row.id)
const never = () => Promise.reject(new Error('nothing is read here'))
const changed = (row: Message): Change =>
  ({ ...arrival(9, row), type: 'message_changed' }) as Change

/** shown is a timeline whose newest page has these rows. */
async function shown(messages: Message[], more = false) {
  const around = { messages, before: more, after: true }
  const source: History = {
    history: () => Promise.resolve({ messages, more }),
    historyAfter: never,
    historyAround: () => Promise.resolve(around)
  }
  const timeline = new Timeline(where, source)
  await timeline.open()
  return timeline
}

test('loses nothing that comes while a page is read', async () => {
  let answer: (page: Page) => void = () => undefined
  const history = () => new Promise<Page>((resolve) => (answer = resolve))
  const timeline = new Timeline(where, { history, historyAfter: never, historyAround: never })
  const reading = timeline.open()
  await Promise.resolve()
  await Promise.resolve()
  timeline.apply(arrival(1, message(2)))
  answer({ messages: [message(1)], more: false })
  await reading
  expect(ids(timeline)).toEqual(['m_1', 'm_2'])
})

test('shows a row once, in its place, however it arrives', async () => {
  const timeline = await shown([message(1), message(3)])
  timeline.apply(arrival(1, message(2)))
  timeline.apply(arrival(2, message(2)))
  expect(ids(timeline)).toEqual(['m_1', 'm_2', 'm_3'])
})

test('moves a row of one’s own when the hub has given it its place', async () => {
  const own = message(9, { mine: true, state: 'queued' })
  const timeline = await shown([message(1), own])
  timeline.apply(arrival(1, message(5)))
  timeline.apply(changed({ ...own, state: 'sent', position: message(4).position }))
  expect(ids(timeline)).toEqual(['m_1', 'm_9', 'm_5'])
  expect(timeline.rows[1]?.state).toBe('sent')
})

test('drops an expired row and ignores another conversation', async () => {
  const timeline = await shown([message(1), message(2)])
  timeline.apply({ seq: 1, type: 'message_removed', conversation: where, message_id: 'm_1' })
  timeline.apply(arrival(2, message(3, { conversation: 'h_home/c_other' })))
  expect(ids(timeline)).toEqual(['m_2'])
})

test('reads the history anew after it was erased', async () => {
  const rows = [message(1), message(2)]
  const timeline = await shown(rows)
  rows.shift()
  timeline.apply({ seq: 1, type: 'cleared', conversation: where })
  expect(ids(timeline)).toEqual([])
  await expect.poll(() => ids(timeline)).toEqual(['m_2'])
})

test('quotes a message as it is now', async () => {
  const answer = message(2, { reply_to: 'm_1', reply: { id: 'm_1', text: 'message 1' } })
  const timeline = await shown([message(1), answer])
  const reply = () => timeline.rows.find((row) => row.id === 'm_2')?.reply
  timeline.apply(changed(message(1, { text: 'other words' })))
  expect(reply()).toEqual({ id: 'm_1', from_name: 'bob', text: 'other words' })
  timeline.apply(changed(message(1, { text: '', deleted: true })))
  expect(reply()).toEqual({ id: 'm_1', from_name: 'bob', deleted: true })
  timeline.apply({ seq: 1, type: 'message_removed', conversation: where, message_id: 'm_1' })
  expect(reply()).toEqual({ id: 'm_1', missing: true })
})

test('leaves a change further back for the page that holds it', async () => {
  const timeline = await shown([message(50), message(51)], true)
  timeline.apply(changed(message(3, { edited: true })))
  expect(ids(timeline)).toEqual(['m_50', 'm_51'])
})

test('leaves what comes at the end for later, while the middle is shown', async () => {
  const timeline = await shown([message(50), message(53)], true)
  await timeline.jump('m_elsewhere')
  timeline.apply(arrival(1, message(60)))
  timeline.apply(arrival(2, message(52)))
  expect(ids(timeline)).toEqual(['m_50', 'm_52', 'm_53'])
})

test('goes to the end when one writes', async () => {
  const timeline = await shown([message(50), message(53)], true)
  await timeline.jump('m_elsewhere')
  const epoch = timeline.epoch
  timeline.apply(arrival(1, message(60, { mine: true, state: 'queued' })))
  await expect.poll(() => timeline.epoch).toBe(epoch + 1)
  expect([timeline.after, timeline.aim]).toEqual([false, { at: 'end' }])
})

/** said is a message of a moment ago, missed one of an hour ago. */
const said = (n: number, more: Partial<Message> = {}) =>
  arrival(n, message(n, { sent_at: new Date().toISOString(), ...more }))
const missed = (n: number) => said(n, { sent_at: new Date(Date.now() - 3_600_000).toISOString() })

test('draws the line at the first message that nobody looks at', async () => {
  const timeline = await shown([message(1)])
  timeline.apply(said(2))
  expect(timeline.line.message).toBe('')
  timeline.line.attend(false)
  timeline.apply(said(3))
  timeline.apply(said(4))
  expect(timeline.line.message).toBe('m_3')
  timeline.line.attend(true)
  timeline.apply(said(5))
  expect(timeline.line.message).toBe('m_3')
  timeline.line.attend(false)
  timeline.apply(said(6))
  expect(timeline.line.message).toBe('m_6')
  timeline.apply(said(7, { mine: true, state: 'queued' }))
  expect(timeline.line.message).toBe('')
})

test('draws the line at what was missed, also for somebody who looks', async () => {
  const { line } = await shown([message(1)])
  line.attend(true)
  for (const n of [2, 3, 4]) line.take(missed(n))
  expect([line.message, line.missed]).toEqual(['m_2', true])
  line.attend(true)
  line.take(said(5))
  expect([line.message, line.missed]).toEqual(['m_2', false])
  line.take(missed(6))
  expect(line.message).toBe('m_6')
})
