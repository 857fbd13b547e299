import type { RealWindow } from './real-window'

/** Frames is what came for one canvas since counting began. */
export interface Frames {
  label: string
  /** Frames that the program gave to be decoded. */
  came: number
  /** Streams that it was fed from: a second one stands for a fault, or a machine that is too slow. */
  streams: number
  /** Frames that were drawn. */
  drawn: number
  /** Milliseconds from a frame's arrival until it was drawn, the last one's. */
  wait: number
  /** Colours on a grid of points: an empty picture has one. */
  colours: number
  size: [number, number]
  /** Red, green and blue near the upper right corner, 0 to 255. */
  corner: number[]
  /** How often the window could have been painted until then. */
  refreshes: number
  /** Milliseconds on the window's clock when it was read. */
  at: number
}

/** Counted is what the counters leave on the objects that they count. */
interface Counted {
  came?: number
  drawn?: number
  wait?: number
  decoder?: Counted
  earlier?: number
  streams?: number
}

/** count begins to count the frames of every picture in a window: what arrives for a decoder, and what is drawn. */
export async function count(window: RealWindow): Promise<void> {
  await window.page.evaluate(() => {
    const decoders = new Map<number, { decoder: Counted; at: number }>()
    const { decode } = VideoDecoder.prototype
    VideoDecoder.prototype.decode = function (
      this: VideoDecoder & Counted,
      chunk: EncodedVideoChunk
    ) {
      this.came = (this.came ?? 0) + 1
      decoders.set(chunk.timestamp, { decoder: this, at: performance.now() })
      decode.call(this, chunk)
    }
    const { drawImage } = CanvasRenderingContext2D.prototype
    CanvasRenderingContext2D.prototype.drawImage = function (
      this: CanvasRenderingContext2D,
      ...args: unknown[]
    ) {
      const canvas = this.canvas as HTMLCanvasElement & Counted
      const found = decoders.get((args[0] as VideoFrame).timestamp)
      if (found && found.decoder !== canvas.decoder) {
        canvas.earlier = (canvas.earlier ?? 0) + (canvas.decoder?.came ?? 0)
        canvas.streams = (canvas.streams ?? 0) + 1
        canvas.decoder = found.decoder
      }
      canvas.wait = performance.now() - (found?.at ?? NaN)
      canvas.drawn = (canvas.drawn ?? 0) + 1
      drawImage.apply(this, args as Parameters<typeof drawImage>)
    } as typeof drawImage
    const refreshed = globalThis as typeof globalThis & { refreshes?: number }
    const refresh = () => {
      refreshed.refreshes = (refreshed.refreshes ?? 0) + 1
      requestAnimationFrame(refresh)
    }
    refresh()
  })
}

/** frames is what was counted, by the name of the picture. */
export async function frames(window: RealWindow): Promise<Frames[]> {
  return window.page.evaluate(() => {
    const colours = (canvas: HTMLCanvasElement) => {
      const { width, height } = canvas
      const points = canvas.getContext('2d')?.getImageData(0, 0, width || 1, height || 1).data
      const seen = new Set<string>()
      for (let at = 0; points && at < points.length; at += 4 * 997)
        seen.add(points.slice(at, at + 3).join())
      return seen.size
    }
    return [...document.querySelectorAll<HTMLCanvasElement & Counted>('canvas')].map((one) => ({
      label: one.getAttribute('aria-label') ?? '',
      came: (one.earlier ?? 0) + (one.decoder?.came ?? 0),
      streams: one.streams ?? 0,
      drawn: one.drawn ?? 0,
      wait: Math.round(one.wait ?? 0),
      colours: colours(one),
      corner: [
        ...(one.getContext('2d')?.getImageData(one.width * 0.96, one.height * 0.1, 1, 1).data ?? [])
      ],
      size: [one.width, one.height] as [number, number],
      refreshes: (globalThis as typeof globalThis & { refreshes?: number }).refreshes ?? 0,
      at: performance.now()
    }))
  })
}
