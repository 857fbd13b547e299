/** Piece is a part of a text: words, or the mention of somebody. */
export interface Piece {
  text: string
  mention?: 'other' | 'me'
}

/** Names are who can be mentioned where a message stands. */
export interface Names {
  /** Everybody's, in lower case, the longest first: "ann lee" goes before "ann". */
  all: readonly string[]
  /** One's own there. */
  mine: readonly string[]
}

export const nobody: Names = { all: [], mine: [] }

/** namesOf puts the names of the people of a conversation in order. */
export function namesOf(people: readonly { name: string; mine?: boolean }[]): Names {
  const lower = (list: readonly { name: string }[]) => list.map((one) => one.name.toLowerCase())
  const all = [...new Set(lower(people)), 'all'].sort((a, b) => b.length - a.length)
  return { all, mine: [...lower(people.filter((one) => one.mine)), 'all'] }
}

const wordy = /[\p{L}\p{N}_]/u

/** piecesOf finds the mentions in a text. */
export function piecesOf(text: string, names: Names): Piece[] {
  if (!text.includes('@')) return [{ text }]
  const pieces: Piece[] = []
  let from = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const name = nameAt(text, at, names)
    if (name === undefined || at < from) continue
    if (at > from) pieces.push({ text: text.slice(from, at) })
    from = at + 1 + name.length
    const mention = names.mine.includes(name) ? 'me' : 'other'
    pieces.push({ text: text.slice(at, from), mention })
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}

/** nameAt is the name after an '@' that begins a word. */
function nameAt(text: string, at: number, names: Names): string | undefined {
  if (at > 0 && wordy.test(text.charAt(at - 1))) return undefined
  const rest = text.slice(at + 1, at + 65).toLowerCase()
  return names.all.find((name) => rest.startsWith(name) && !wordy.test(rest.charAt(name.length)))
}
