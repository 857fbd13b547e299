import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Newest, righted } from '$lib/frames'

/** frame is a decoded frame with the colours that the system says it has. */
function frame(matrix: string, timestamp = 0) {
  const fake = {
    format: 'I420',
    timestamp,
    colorSpace: { matrix },
    displayWidth: 1080,
    displayHeight: 720,
    visibleRect: { width: 640, height: 360 },
    allocationSize: () => 6,
    copyTo: async (data: Uint8Array) => {
      data.fill(7)
      return [{ offset: 0, stride: 2 }]
    },
    close: vi.fn()
  }
  return fake as typeof fake & VideoFrame
}

let refresh: (() => void)[] = []

beforeEach(() => {
  refresh = []
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => refresh.push(run))
  vi.stubGlobal('cancelAnimationFrame', () => (refresh = []))
  vi.stubGlobal(
    'VideoFrame',
    class {
      constructor(
        readonly data: Uint8Array,
        readonly shape: object
      ) {}
      close = vi.fn()
    }
  )
})
afterEach(() => vi.unstubAllGlobals())

test('a frame with the colours of HDTV gets those of VP8', async () => {
  const wrong = frame('bt709', 5)
  const right = await righted(wrong)
  expect(wrong.close).toHaveBeenCalledOnce()
  expect(right).toMatchObject({
    data: new Uint8Array(6).fill(7),
    shape: { codedWidth: 1080, codedHeight: 720, timestamp: 5, colorSpace: { matrix: 'smpte170m' } }
  })
})

test('a frame with the colours of VP8 stays as it is', async () => {
  const fine = frame('smpte170m')
  expect(await righted(fine)).toBe(fine)
  expect(fine.close).not.toHaveBeenCalled()
})

test('a frame that cannot be copied is shown as it is', async () => {
  const stubborn = Object.assign(frame('bt709'), { copyTo: () => Promise.reject(new Error()) })
  expect(await righted(stubborn)).toBe(stubborn)
  expect(stubborn.close).not.toHaveBeenCalled()
})

test('of the frames between two refreshes only the last is drawn', async () => {
  const drawn: number[] = []
  const newest = new Newest((one) => drawn.push(one.timestamp))
  const first = frame('smpte170m', 1)
  const second = frame('smpte170m', 2)
  const third = frame('smpte170m', 3)
  newest.offer(first)
  newest.offer(second)
  expect(refresh).toHaveLength(1)
  expect(first.close).toHaveBeenCalledOnce()
  refresh.shift()?.()
  newest.offer(third)
  await vi.waitFor(() => expect(refresh).toHaveLength(1))
  expect(drawn).toEqual([2])
  newest.close()
  expect(third.close).toHaveBeenCalledOnce()
  expect(refresh).toHaveLength(0)
})
