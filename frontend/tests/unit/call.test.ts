import { call } from '$lib/api/call'
import { messages } from '$lib/messages'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => void vi.useRealTimers())

test('gives what the program gives', async () => {
  await expect(call<number>(() => Promise.resolve(7))).resolves.toBe(7)
})

test('makes a sentence of a Go error', async () => {
  const refused = call(() => Promise.reject('the hub is full, try again in a minute'))
  await expect(refused).rejects.toThrow('The hub is full, try again in a minute.')
})

test('has words for an error without words', async () => {
  await expect(call(() => Promise.reject(''))).rejects.toThrow(messages.errors.unknown)
})

test('does not wait for ever', async () => {
  vi.useFakeTimers()
  const late = call(() => new Promise(() => undefined), 1_000)
  const seen = expect(late).rejects.toThrow(messages.errors.timeout)
  await vi.advanceTimersByTimeAsync(1_000)
  await seen
})
