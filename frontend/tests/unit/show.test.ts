import { showMessage } from '$lib/features/chat/messages/show'
import { Toasts } from '$lib/state/toasts.svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test.each([
  { found: true, told: [] },
  { found: undefined, told: [] }, // why it failed was told already
  { found: false, told: ['That message is not here any more.'] }
])('a message that is looked for is shown or said to be gone: $found', async ({ found, told }) => {
  const openAt = vi.fn(() => Promise.resolve(found))
  const toasts = new Toasts()
  await showMessage({ openAt, toasts }, 'h_home/c_general', 'm_1')
  expect(openAt).toHaveBeenCalledWith('h_home/c_general', 'm_1')
  expect(toasts.list.map((one) => one.text)).toEqual(told)
})
