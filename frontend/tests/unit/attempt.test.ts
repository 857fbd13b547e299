import { Attempt } from '$lib/state/attempt.svelte'
import { expect, test, vi } from 'vitest'

test('an attempt says whether it went well, and why not until the next one', async () => {
  const attempt = new Attempt()
  expect(await attempt.run(() => Promise.reject(new Error('Nobody is called so.')))).toBe(false)
  expect([attempt.busy, attempt.error]).toEqual([false, 'Nobody is called so.'])
  expect(await attempt.run(() => Promise.resolve())).toBe(true)
  expect(attempt.error).toBe('')
  attempt.refuse('A name is missing.')
  expect(attempt.error).toBe('A name is missing.')
})

test('an attempt that is under way is not made twice', async () => {
  const attempt = new Attempt()
  let finish: () => void = () => undefined
  const first = attempt.run(() => new Promise<void>((done) => (finish = done)))
  const work = vi.fn(() => Promise.resolve())
  expect([attempt.busy, await attempt.run(work)]).toEqual([true, false])
  expect(work).not.toHaveBeenCalled()
  finish()
  expect(await first).toBe(true)
})
