/** Cell is one emoji to choose, as it is put in, with its name. */
export interface Cell {
  emoji: string
  name: string
  code: string
}

/** Section is a heading with its cells. */
export interface Section {
  key: string
  title: string
  cells: readonly Cell[]
}

/** Line is what stands beside each other: a heading, or as many cells as fit. */
export interface Line {
  section: string
  title?: string
  cells: readonly Cell[]
}

/** Place is a cell's line and its place in it. */
export interface Place {
  line: number
  column: number
}

/** linesOf lays sections out; those without cells are left out. */
export function linesOf(sections: readonly Section[], columns: number): Line[] {
  return sections.flatMap(({ key, title, cells }) => {
    if (cells.length === 0) return []
    const lines: Line[] = [{ section: key, title, cells: [] }]
    for (let i = 0; i < cells.length; i += columns)
      lines.push({ section: key, cells: cells.slice(i, i + columns) })
    return lines
  })
}

/** firstPlace is the first cell from a line on. */
export function firstPlace(lines: readonly Line[], from = 0): Place {
  return { line: lines.findIndex((line, i) => i >= from && line.cells.length > 0), column: 0 }
}

/** stepped is the place that an arrow key leads to; the same at the edge. */
export function stepped(lines: readonly Line[], at: Place, key: string): Place {
  if (key === 'ArrowRight') return beside(lines, at, 1)
  if (key === 'ArrowLeft') return beside(lines, at, -1)
  const line = nextLine(lines, at.line, key === 'ArrowUp' ? -1 : 1)
  if (line < 0) return at
  return { line, column: Math.min(at.column, (lines[line]?.cells.length ?? 1) - 1) }
}

/** beside goes on in the next line at the end of one. */
function beside(lines: readonly Line[], at: Place, step: 1 | -1): Place {
  const column = at.column + step
  if (lines[at.line]?.cells[column]) return { line: at.line, column }
  const line = nextLine(lines, at.line, step)
  if (line < 0) return at
  return { line, column: step > 0 ? 0 : (lines[line]?.cells.length ?? 1) - 1 }
}

function nextLine(lines: readonly Line[], from: number, step: 1 | -1): number {
  for (let i = from + step; i >= 0 && i < lines.length; i += step)
    if (lines[i]?.cells.length) return i
  return -1
}

/** visible is the range of lines that a box of a height shows, and some around them. */
export function visible(
  top: number,
  height: number,
  lineHeight: number,
  count: number
): [number, number] {
  const around = 3
  const from = Math.max(0, Math.floor(top / lineHeight) - around)
  const to = Math.min(count, Math.ceil((top + height) / lineHeight) + around)
  return [from, to]
}
