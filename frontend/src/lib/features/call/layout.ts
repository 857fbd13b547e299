/** Box is where a tile stands on the stage, in CSS pixels. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

export interface Size {
  width: number
  height: number
}

const gap = 8
/** Pictures are 16 wide and 9 high. */
const shape = 16 / 9
/** A tile that is narrower than this tells nothing: then the stage scrolls. */
const narrowest = 104
/** The same beside a large tile. */
const narrowestBeside = 56

/**
 * gridOf places some tiles of 16:9 so that they are as large as they can be, with the last row in
 * the middle. One tile takes all.
 */
export function gridOf(count: number, size: Size, least = narrowest): Box[] {
  if (count === 1) return [{ left: 0, top: 0, ...size }]
  const columns = columnsOf(count, size, least)
  const rows = Math.ceil(count / columns)
  const width = Math.max(fitting(columns, rows, size), Math.min(least, share(columns, size.width)))
  const height = width / shape
  const top = Math.max(0, (size.height - rows * (height + gap) + gap) / 2)
  return Array.from({ length: count }, (_, n) => {
    const [row, column] = [Math.floor(n / columns), n % columns]
    const inRow = Math.min(columns, count - row * columns)
    const left = (size.width - inRow * (width + gap) + gap) / 2 + column * (width + gap)
    return { left, top: top + row * (height + gap), width, height }
  })
}

/** share is what each of some tiles in a row has. */
const share = (count: number, length: number) => (length - gap * (count - 1)) / count

/** fitting is how wide each of some columns and rows of tiles can be without scrolling. */
function fitting(columns: number, rows: number, { width, height }: Size): number {
  return Math.max(0, Math.min(share(columns, width), share(rows, height) * shape))
}

/** columnsOf is how many columns make the tiles largest; as many as there is room for where the stage scrolls. */
function columnsOf(count: number, size: Size, least: number): number {
  const wide = (columns: number) => fitting(columns, Math.ceil(count / columns), size)
  let best = 1
  for (let columns = 2; columns <= count; columns++)
    if (wide(columns) > wide(best) + 1) best = columns
  if (wide(best) >= least) return best
  return Math.min(count, Math.max(1, Math.floor((size.width + gap) / (least + gap))))
}

/** focusOf places one tile large and the others beside it, below it where the stage is high. */
export function focusOf(others: number, { width, height }: Size): { large: Box; rest: Box[] } {
  if (others === 0) return { large: { left: 0, top: 0, width, height }, rest: [] }
  const beside = width > height * 1.2
  const area = beside
    ? { width: within(width * 0.22, 96, 240), height }
    : { width, height: within(height * 0.24, 60, 150) }
  const tiles = others === 1 ? [single(area)] : gridOf(others, area, narrowestBeside)
  const [x, y] = [
    Math.min(...tiles.map((one) => one.left)),
    Math.min(...tiles.map((one) => one.top))
  ]
  const large = { left: 0, top: 0, width, height }
  if (beside) large.width -= area.width - 2 * x + gap
  else large.height -= area.height - 2 * y + gap
  const move = beside ? { x: large.width + gap - x, y: 0 } : { x: 0, y: large.height + gap - y }
  const rest = tiles.map((one) => ({ ...one, left: one.left + move.x, top: one.top + move.y }))
  return { large, rest }
}

/** single keeps one tile's shape in the middle of an area. */
function single({ width, height }: Size): Box {
  const wide = Math.min(width, height * shape)
  const high = wide / shape
  return { left: (width - wide) / 2, top: (height - high) / 2, width: wide, height: high }
}

/** cornerOf is the place of one's own picture over the other's. */
export function cornerOf({ width, height }: Size): Box {
  const wide = within(width * 0.24, 88, 240)
  const high = wide / shape
  return { left: width - wide - gap, top: height - high - gap, width: wide, height: high }
}

const within = (value: number, least: number, most: number) =>
  Math.max(least, Math.min(value, most))

/** highest is how high all the tiles are together. */
export const highest = (boxes: readonly Box[]) =>
  Math.max(0, ...boxes.map((one) => one.top + one.height))
