import { Newest } from './frames'

/** Picture is one encoded frame of a stream of pictures. */
export interface Picture {
  key: boolean
  /** Microseconds. */
  time: number
  data: Uint8Array
}

/** What stands before each frame: 4 bytes of its length, 1 of whether it is a keyframe, 8 of its time. */
const head = 13

/** picturesOf takes a stream of bytes apart into frames, however they were cut on the way. */
export async function* picturesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Picture> {
  const reader = stream.getReader()
  let rest = new Uint8Array()
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const bytes = new Uint8Array(rest.length + value.length)
      bytes.set(rest)
      bytes.set(value, rest.length)
      const { pictures, used } = taken(bytes)
      yield* pictures
      rest = bytes.subarray(used)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** taken is every whole frame in some bytes, and how many bytes these take. */
function taken(bytes: Uint8Array): { pictures: Picture[]; used: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pictures: Picture[] = []
  let used = 0
  while (bytes.length - used >= head) {
    const end = used + head + view.getUint32(used)
    if (end > bytes.length) break
    pictures.push({
      key: view.getUint8(used + 4) !== 0,
      time: Number(view.getBigUint64(used + 5)),
      data: bytes.slice(used + head, end)
    })
    used = end
  }
  return { pictures, used }
}

/** canShow says that this system decodes pictures. */
export const canShow = () => typeof VideoDecoder !== 'undefined'

/** NoPictures says why the program can show none; its message is a sentence. */
export class NoPictures extends Error {}

/** How many frames may wait to be decoded: with more, a machine that is too slow shows what is long past. */
const mostWaiting = 30

/**
 * show draws a stream of pictures on a canvas until it ends or the signal stops it, and tells of the first; it throws
 * when it cannot.
 */
export async function show(
  url: string,
  canvas: HTMLCanvasElement,
  signal: AbortSignal,
  begun: () => void = () => undefined
) {
  const answer = await fetch(url, { signal })
  if (answer.status === 503) throw new NoPictures(await answer.text())
  if (!answer.ok || !answer.body) throw new Error(`no pictures: ${answer.status}`)
  let failure: Error | undefined
  const newest = new Newest((frame) => {
    draw(frame, canvas)
    begun()
  })
  const decoder = new VideoDecoder({
    output: (frame) => newest.offer(frame),
    error: (cause) => (failure = cause)
  })
  try {
    let size: Size | undefined
    for await (const picture of picturesOf(answer.body)) {
      if (failure) throw failure
      if (decoder.decodeQueueSize > mostWaiting) throw new Error('the pictures come too fast')
      const other = picture.key && sizeOf(picture.data)
      // WebKit holds on to a stream's first size, and shows what is larger coarsely: a new size is a new stream for it.
      if (
        other &&
        (other.codedWidth !== size?.codedWidth || other.codedHeight !== size.codedHeight)
      )
        decoder.configure({ codec: 'vp8', optimizeForLatency: true, ...(size = other) })
      if (size) decoder.decode(chunkOf(picture))
    }
  } finally {
    if (decoder.state !== 'closed') decoder.close()
    newest.close()
  }
}

interface Size {
  codedWidth: number
  codedHeight: number
}

/** sizeOf is how large a keyframe's picture is: 14 bits each, behind the start code (RFC 6386, section 9.1). */
export function sizeOf(keyframe: Uint8Array): Size | undefined {
  if (keyframe.length < 10) return undefined
  const view = new DataView(keyframe.buffer, keyframe.byteOffset)
  return {
    codedWidth: view.getUint16(6, true) & 0x3fff,
    codedHeight: view.getUint16(8, true) & 0x3fff
  }
}

function chunkOf({ key, time, data }: Picture): EncodedVideoChunk {
  return new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp: time, data })
}

function draw(frame: VideoFrame, canvas: HTMLCanvasElement): void {
  const { displayWidth: width, displayHeight: height } = frame
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  canvas.getContext('2d')?.drawImage(frame, 0, 0, width, height)
  frame.close()
}
