/** A message has at most so many bytes of UTF-8. */
export const mostBytes = 64 << 10
/** From so many bytes before the end on, it is told how much is left. */
const margin = 2_000

/** Room is what is left of a message's length, in characters of the kind that was typed. */
export interface Room {
  left: number
  over: boolean
}

const encoder = new TextEncoder()

/** roomFor tells how much room is left, once that is worth a word. */
export function roomFor(text: string): Room | undefined {
  // A character has at most 3 bytes, so most texts need no counting.
  if (text.length * 3 < mostBytes - margin) return undefined
  const bytes = encoder.encode(text.trim()).length
  const left = mostBytes - bytes
  if (left > margin) return undefined
  const perCharacter = bytes / text.length
  const rounded =
    left < 0 ? Math.floor(left / perCharacter) : Math.floor(left / Math.max(1, perCharacter))
  return { left: rounded, over: left < 0 }
}
