import type { Conversation, Message } from '$lib/api'
import { actionsOf, allowed } from '$lib/features/chat/messages/actions'
import { besideText, metaWidth } from '$lib/features/chat/messages/meta'
import { rowsOf } from '$lib/features/chat/messages/rows'
import { Shift } from '$lib/features/chat/messages/shift'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { Dialog } from '$lib/state/view.svelte'
import { shortSpanOf, spanOf } from '$lib/ui/spans'
import { describe, expect, test } from 'vitest'
import { conversation, message } from './people'

const general = conversation('general')
const own = { mine: true, state: 'sent' as const }

/** scene is an app that writes down what it is told. */
function scene() {
  const told: string[] = []
  const note = (name: string) => (one: Message) => told.push(`${name} ${one.id}`)
  const call = (name: string) => async (_: string, id: string) => void told.push(`${name} ${id}`)
  const shown: Dialog[] = []
  const app = {
    api: { retry: call('retry'), deleteMessage: call('delete') },
    act: (work: () => Promise<unknown>) => work(),
    composer: { reply: note('reply'), edit: note('edit') },
    view: { show: (dialog: Dialog) => shown.push(dialog) }
  }
  const actions = (one: Message, where: Conversation = general) =>
    actionsOf(app as unknown as AppState, where, one, () => told.push('react'))
  return {
    told,
    shown,
    actions,
    names: (...all: Parameters<typeof actions>) => actions(...all).map((one) => one.name)
  }
}

describe('what may be done with a message', () => {
  test('one’s own can be changed and deleted, that of another answered', () => {
    const { names } = scene()
    expect(names(message(1, own))).toEqual(['react', 'reply', 'edit', 'copy', 'info', 'remove'])
    expect(names(message(1))).toEqual(['react', 'reply', 'copy', 'profile', 'info'])
  })

  test('who moderates deletes the messages of others', () => {
    const { names } = scene()
    expect(names(message(1), conversation('general', { role: 'moderator' }))).toContain('remove')
    expect(names(message(1), conversation('general', { role: 'member' }))).not.toContain('remove')
  })

  test('what did not go out can be tried again, not answered', () => {
    const { names } = scene()
    const failed = message(1, { mine: true, state: 'failed' })
    expect(names(failed)).toEqual(['retry', 'copy', 'info', 'remove'])
  })

  test('what is deleted, or still on its way here, has nothing to answer', () => {
    const { names } = scene()
    expect(names(message(1, { deleted: true, text: '' }))).toEqual(['profile', 'info'])
    expect(names(message(1, { state: 'retrying', text: '' }))).toEqual(['profile', 'info'])
    expect(names(message(1, { notice: { kind: 'joined', text: 'x' } }))).toEqual([])
  })

  test('where nothing can be sent, nothing is answered', () => {
    for (const closed of [{ member: false }, { blocked: 'x' }, { request: true }])
      expect(allowed(conversation('general', closed), message(1)).answer).toBe(false)
  })

  test('does what it says, and asks before it deletes', async () => {
    const { told, shown, actions } = scene()
    for (const one of actions(message(1, own))) if (one.name !== 'copy') one.run()
    expect(told).toEqual(['react', 'reply m_1', 'edit m_1'])
    expect(shown.map((one) => one.kind)).toEqual(['messageInfo', 'confirm'])
    const ask = shown[1]
    if (ask?.kind === 'confirm') await ask.run()
    expect(told.at(-1)).toBe('delete m_1')
  })
})

describe('rowsOf', () => {
  test('sets the first new message apart', () => {
    const rows = rowsOf([message(1), message(2), message(3)], 'm_3')
    expect(rows.map((row) => row.unread)).toEqual([false, false, true])
    expect(rows.map((row) => row.headed)).toEqual([true, false, true])
  })

  test('changes no row when the page before comes', () => {
    const all = [1, 2, 3, 4].map((n) => message(n))
    const before = rowsOf(all.slice(1), '', true)
    expect(rowsOf(all).slice(2)).toEqual(before)
  })
})

describe('Shift', () => {
  test('tells a change at the start from others', () => {
    const shift = new Shift()
    const rows = (...ns: number[]) => rowsOf(ns.map((n) => message(n)))
    expect(shift.next(rows(3, 4))).toBe(false)
    expect(shift.next(rows(1, 2, 3, 4))).toBe(true)
    expect(shift.next(rows(1, 2, 3, 4, 5))).toBe(false)
    expect(shift.next(rows(4, 5))).toBe(true)
    expect(shift.next(rows(8, 9))).toBe(false)
  })
})

describe('the time beside a message', () => {
  test('stands on the last line of words, not of code, and not where words run from the right', () => {
    expect(besideText(message(1, { text: 'words' }))).toBe(true)
    for (const text of ['```\ncode\n```', '- list', 'שלום', '🎉'])
      expect(besideText(message(1, { text }))).toBe(false)
  })

  test('needs more room with more to say', () => {
    const plain = metaWidth(message(1))
    expect(metaWidth(message(1, { edited: true, mine: true }))).toBeGreaterThan(plain + 3)
  })

  test('is coarse', () => {
    const said = [4, 59, 60, 61, 3_599, 3_600, 90_000, 604_800].map(shortSpanOf)
    expect(said).toEqual(['4s', '59s', '1m', '2m', '60m', '1h', '2d', '1w'])
    expect(spanOf(1, messages.spans)).toBe('1 second')
    expect(spanOf(7_200, messages.spans)).toBe('2 hours')
    expect(shortSpanOf(0)).toBe('0s')
  })
})
