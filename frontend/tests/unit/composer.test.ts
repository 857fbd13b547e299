import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Composer } from '$lib/state/composer.svelte'
import { conversation, message } from './people'

const here = 'h_home/c_general'
const there = 'h_home/c_books'

/** program is what the composer calls; each call can be made to fail. */
function program() {
  return {
    send: vi.fn<(...letter: unknown[]) => Promise<string>>(async () => 'm_new'),
    edit: vi.fn<(...edit: unknown[]) => Promise<void>>(async () => undefined),
    saveDraft: vi.fn<(...draft: unknown[]) => Promise<void>>(async () => undefined),
    typing: vi.fn<(...said: unknown[]) => Promise<void>>(async () => undefined),
    message: vi.fn(async () => message(7))
  }
}

describe('Composer', () => {
  const fail = vi.fn()
  let api: ReturnType<typeof program>
  let composer: Composer

  beforeEach(() => {
    vi.useFakeTimers()
    fail.mockClear()
    api = program()
    composer = new Composer(api, fail)
    composer.open(here)
  })
  afterEach(() => vi.useRealTimers())

  test('sends what was typed, answers, and leaves the box empty', async () => {
    composer.reply(message(1))
    composer.typed('  yes  ')
    await composer.send()
    expect(api.send).toHaveBeenCalledWith(here, 'yes', 'm_1', -1)
    expect(composer.current?.text).toBe('')
    expect(composer.replying).toBeUndefined()
  })

  test('sends nothing but spaces never', async () => {
    composer.typed(' \n ')
    await composer.send()
    expect(api.send).not.toHaveBeenCalled()
  })

  test('lets the time of one message count for that one', async () => {
    composer.typed('once')
    if (composer.current) composer.current.expiresIn = 30
    await composer.send()
    composer.typed('always')
    await composer.send()
    expect(api.send.mock.calls.map((call) => call[3])).toEqual([30, -1])
  })

  test('gives back what could not be sent, with what it answers', async () => {
    api.send.mockRejectedValueOnce(new Error('the disk is full'))
    composer.reply(message(1))
    composer.typed('important')
    await composer.send()
    expect(fail).toHaveBeenCalledOnce()
    expect(composer.current?.text).toBe('important')
    expect(composer.replying?.id).toBe('m_1')
  })

  test('does not write over what was typed since', async () => {
    api.send.mockRejectedValueOnce(new Error('the disk is full'))
    composer.typed('first')
    const sent = composer.send()
    composer.typed('second')
    await sent
    expect(composer.current?.text).toBe('second')
  })

  test('an edit keeps the draft and its answer for later', async () => {
    composer.reply(message(1))
    composer.typed('a draft')
    composer.edit(message(2, { mine: true, text: 'teh' }))
    expect(composer.current?.text).toBe('teh')
    expect(composer.replying).toBeUndefined()
    composer.typed('the')
    await composer.send()
    expect(api.edit).toHaveBeenCalledWith(here, 'm_2', 'the')
    expect(api.send).not.toHaveBeenCalled()
    expect(composer.current?.text).toBe('a draft')
    expect(composer.replying?.id).toBe('m_1')
  })

  test('an edit that changes nothing is not sent', async () => {
    composer.edit(message(2, { mine: true, text: 'same' }))
    await composer.send()
    expect(api.edit).not.toHaveBeenCalled()
    expect(composer.editing).toBeUndefined()
  })

  test('an edit that failed can be tried again', async () => {
    api.edit.mockRejectedValueOnce(new Error('no'))
    composer.edit(message(2, { mine: true, text: 'teh' }))
    composer.typed('the')
    await composer.send()
    expect(composer.current?.text).toBe('the')
    await composer.send()
    expect(api.edit).toHaveBeenCalledTimes(2)
  })

  test('cancel ends the edit first, then the answer', () => {
    composer.reply(message(1))
    composer.edit(message(2, { mine: true }))
    expect(composer.cancel()).toBe(true)
    expect(composer.replying?.id).toBe('m_1')
    expect(composer.cancel()).toBe(true)
    expect(composer.cancel()).toBe(false)
  })

  test('what is answered or edited can go', () => {
    composer.reply(message(1))
    composer.apply({ seq: 1, type: 'message_removed', conversation: here, message_id: 'm_1' })
    expect(composer.current?.replyTo).toBe('')
    composer.edit(message(2, { mine: true, text: 'old' }))
    composer.typed('what I typed')
    const gone = message(2, { deleted: true })
    composer.apply({ seq: 2, type: 'message_changed', conversation: here, message: gone })
    expect(composer.editing).toBeUndefined()
    expect(composer.current?.text).toBe('what I typed')
  })

  test('each conversation has its own text', () => {
    composer.typed('for all')
    composer.open(there)
    expect(composer.current?.text).toBe('')
    composer.typed('for readers')
    composer.open(here)
    expect(composer.current?.text).toBe('for all')
    expect(composer.draft(there)).toBe('for readers')
  })

  test('takes the draft that the program kept, and reads what it answers', async () => {
    composer.open(there, { draft: 'half a thought', draft_reply_to: 'm_7' })
    await vi.runAllTimersAsync()
    expect(composer.current?.text).toBe('half a thought')
    expect(composer.replying?.id).toBe('m_7')
  })

  test('what was written goes with a conversation that is deleted, and only then', () => {
    const cleared = (conversation: string) => ({ seq: 1, type: 'cleared' as const, conversation })
    composer.typed('goes')
    composer.open(there)
    composer.typed('stays')
    composer.apply(cleared(here))
    composer.apply(cleared(there))
    composer.load({ conversations: [conversation('books', { draft: 'stays' })] })
    expect([composer.draft(here), composer.draft(there)]).toEqual(['', 'stays'])
    composer.load({ conversations: [] })
    expect(composer.draft(there)).toBe('stays')
  })

  test('saves a draft after a pause, and at once when the conversation is left', async () => {
    composer.typed('a')
    composer.typed('ab')
    await vi.advanceTimersByTimeAsync(900)
    expect(api.saveDraft).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(200)
    expect(api.saveDraft).toHaveBeenCalledExactlyOnceWith(here, 'ab', '')
    composer.typed('abc')
    composer.leave()
    expect(api.saveDraft).toHaveBeenLastCalledWith(here, 'abc', '')
  })

  test('saves what could not be saved again, and the newest only', async () => {
    api.saveDraft.mockRejectedValueOnce(new Error('busy'))
    composer.typed('a')
    await vi.advanceTimersByTimeAsync(1_000)
    composer.typed('ab')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(api.saveDraft.mock.calls.map((call) => call[1])).toEqual(['a', 'ab'])
    api.saveDraft.mockRejectedValueOnce(new Error('busy'))
    composer.typed('abc')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(api.saveDraft).toHaveBeenLastCalledWith(here, 'abc', '')
    expect(api.saveDraft).toHaveBeenCalledTimes(4)
  })

  test('never has two saves of a conversation under way', async () => {
    let free = () => undefined as void
    api.saveDraft.mockImplementationOnce(() => new Promise((done) => (free = () => done())))
    composer.typed('a')
    void composer.save()
    composer.typed('')
    void composer.save()
    expect(api.saveDraft).toHaveBeenCalledTimes(1)
    free()
    await vi.advanceTimersByTimeAsync(0)
    expect(api.saveDraft).toHaveBeenLastCalledWith(here, '', '')
  })

  test('says that one types every few seconds, and that the box was emptied', async () => {
    for (let i = 1; i <= 50; i++) {
      composer.typed('x'.repeat(i))
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(api.typing.mock.calls).toEqual([
      [here, true],
      [here, true]
    ])
    composer.typed('')
    expect(api.typing).toHaveBeenLastCalledWith(here, false)
    composer.edit(message(2, { mine: true }))
    composer.typed('an edit')
    expect(api.typing).toHaveBeenCalledTimes(3)
  })
})
