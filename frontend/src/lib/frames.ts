/** Those of BT.601, which VP8 has at every size (RFC 6386, section 9.2). */
const colors: VideoColorSpaceInit = {
  matrix: 'smpte170m',
  primaries: 'smpte170m',
  transfer: 'smpte170m',
  fullRange: false
}

/**
 * righted gives a decoded frame of VP8 its colours: WebKit takes what is as large as HDTV for HDTV, so that red comes out as
 * orange. It closes the frame where it returns another one.
 */
export async function righted(frame: VideoFrame): Promise<VideoFrame> {
  const { format, timestamp, displayWidth: codedWidth, displayHeight: codedHeight } = frame
  if (frame.colorSpace.matrix !== 'bt709' || !format) return frame
  // The frame's own rectangle is that of the first one in WebKit, whatever size came later.
  const whole = { rect: { x: 0, y: 0, width: codedWidth, height: codedHeight } }
  try {
    const data = new Uint8Array(frame.allocationSize(whole))
    const layout = await frame.copyTo(data, whole)
    const shape = { format, codedWidth, codedHeight, layout, timestamp, colorSpace: colors }
    const right = new VideoFrame(data, shape)
    frame.close()
    return right
  } catch {
    return frame
  }
}

/** Newest draws once each time the display is refreshed: of the frames that came meanwhile, only the last. */
export class Newest {
  readonly #draw: (frame: VideoFrame) => void
  #waiting: VideoFrame | undefined
  /** Of the drawing that is asked for or going on; 0 for none. */
  #refresh = 0
  #closed = false

  /** draw has the frame for itself, and closes it. */
  constructor(draw: (frame: VideoFrame) => void) {
    this.#draw = draw
  }

  offer(frame: VideoFrame): void {
    this.#waiting?.close()
    this.#waiting = frame
    this.#refresh ||= requestAnimationFrame(() => void this.#show())
  }

  close(): void {
    this.#closed = true
    cancelAnimationFrame(this.#refresh)
    this.#waiting?.close()
    this.#waiting = undefined
  }

  async #show(): Promise<void> {
    const frame = this.#waiting
    this.#waiting = undefined
    const shown = frame && (await righted(frame))
    if (this.#closed) shown?.close()
    else if (shown) this.#draw(shown)
    this.#refresh = this.#waiting ? requestAnimationFrame(() => void this.#show()) : 0
  }
}
