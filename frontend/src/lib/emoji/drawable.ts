/** Pen is the part of a canvas that a look at single emoji needs. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  'font' | 'textBaseline' | 'measureText' | 'clearRect' | 'fillText' | 'getImageData'
>

const size = 24
const fonts = '"Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", sans-serif'

/** The blocks to which Unicode still adds emoji: what stands elsewhere every font has by now. */
const growing: [number, number][] = [
  [0x1f6d5, 0x1f6df],
  [0x1f6fb, 0x1f6fc],
  [0x1f7f0, 0x1f7f0],
  [0x1f978, 0x1f979],
  [0x1f9cb, 0x1f9cc],
  [0x1fa70, 0x1faff]
]

/**
 * drawableWith tells which emoji the device's fonts can draw. Those that they cannot would stand
 * there as boxes, or as the several emoji that they are joined of.
 */
export function drawableWith(pen: Pen): (emoji: string) => boolean {
  pen.font = `${size}px ${fonts}`
  pen.textBaseline = 'top'
  const wide = pen.measureText('😀').width * 1.3
  return (emoji) => {
    if (emoji.includes('\u200d') && pen.measureText(emoji).width > wide) return false
    return !isNew(emoji) || isColoured(pen, emoji)
  }
}

/** pen is one to draw with, undefined where there is no window. */
export function pen(): Pen | undefined {
  if (typeof document === 'undefined') return undefined
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  return canvas.getContext('2d', { willReadFrequently: true }) ?? undefined
}

function isNew(emoji: string): boolean {
  return [...emoji].some((sign) => {
    const code = sign.codePointAt(0) ?? 0
    return growing.some(([from, to]) => code >= from && code <= to)
  })
}

/** isColoured draws in black: what is a missing sign's box stays black. */
function isColoured(pen: Pen, emoji: string): boolean {
  pen.clearRect(0, 0, size, size)
  pen.fillText(emoji, 0, 0)
  const { data } = pen.getImageData(0, 0, size, size)
  return data.some((value, i) => i % 4 < 3 && value > 0)
}
