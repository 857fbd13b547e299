import type { Conversation } from '$lib/api'

/** questionFor begins a question for one conversation. */
export function questionFor({ kind, name }: Pick<Conversation, 'kind' | 'name'>): string {
  const place = (kind === 'channel' ? '#' : '@') + name
  return /\s/.test(place) ? `in:"${place}" ` : `in:${place} `
}

/** withFilter adds a filter to a question, with room to go on where it wants a word. */
export function withFilter(question: string, filter: string): string {
  const before = question.trimEnd()
  const space = before ? ' ' : ''
  return `${before}${space}${filter}${filter.endsWith(':') ? '' : ' '}`
}

/** Piece is a part of a text that was found, or not. */
export interface Piece {
  text: string
  found: boolean
}

/** How much of the text is shown around what was found first, in UTF-16 units. */
const around = 160

/** piecesOf cuts a text at the found ranges, and shortens what is far from the first of them. */
export function piecesOf(text: string, ranges: readonly [number, number][]): Piece[] {
  const first = ranges[0]?.[0] ?? 0
  const from = first > around ? boundary(text, first - around / 2) : 0
  const to = Math.min(text.length, boundary(text, from + around * 2))
  const pieces: Piece[] = from > 0 ? [{ text: '…', found: false }] : []
  let at = from
  for (const [start, end] of ranges) {
    if (start < at || start >= to) continue
    if (start > at) pieces.push({ text: text.slice(at, start), found: false })
    pieces.push({ text: text.slice(start, Math.min(end, to)), found: true })
    at = Math.min(end, to)
  }
  if (at < to) pieces.push({ text: text.slice(at, to), found: false })
  if (to < text.length) pieces.push({ text: '…', found: false })
  return pieces
}

/** boundary moves a cut so that it does not go through a character of two units. */
function boundary(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}
