import { expect, test } from 'vitest'
import { picturesOf, sizeOf, type Picture } from '$lib/pictures'

/** framed is a frame as the program writes it. */
function framed(key: boolean, time: number, data: number[]): number[] {
  const head = new DataView(new ArrayBuffer(13))
  head.setUint32(0, data.length)
  head.setUint8(4, key ? 1 : 0)
  head.setBigUint64(5, BigInt(time))
  return [...new Uint8Array(head.buffer), ...data]
}

const wanted: Picture[] = [
  { key: true, time: 1_000, data: new Uint8Array([1, 2, 3]) },
  { key: false, time: 34_000, data: new Uint8Array([]) },
  { key: false, time: 67_000, data: new Uint8Array(300).fill(7) }
]
const bytes = wanted.flatMap(({ key, time, data }) => framed(key, time, [...data]))

/** cut is a stream of the bytes in pieces of a size. */
const cut = (size: number) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size)
        controller.enqueue(new Uint8Array(bytes.slice(at, at + size)))
      controller.close()
    }
  })

test.each([1, 5, 13, 16, 100, 10_000])('finds the frames in pieces of %i bytes', async (size) => {
  const found: Picture[] = []
  for await (const picture of picturesOf(cut(size))) found.push(picture)
  expect(found).toEqual(wanted)
})

test('a keyframe says how large its picture is', () => {
  const begin = [0x50, 0x2a, 0x00, 0x9d, 0x01, 0x2a]
  const scaled = 0x40 // the upper two bits ask for scaling
  const keyframe = new Uint8Array([0, ...begin, 0x00, 0x05 | scaled, 0xd0, 0x02]).subarray(1)
  expect(sizeOf(keyframe)).toEqual({ codedWidth: 1280, codedHeight: 720 })
  expect(sizeOf(keyframe.subarray(0, 9))).toBeUndefined()
})
