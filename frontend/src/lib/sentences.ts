/**
 * plain makes a sentence for people of what went wrong. Go's error texts begin in lower case and
 * have no full stop, by custom; the technical cause in parentheses at their end is for the log.
 */
export function plain(detail: string | undefined): string {
  const text = (detail ?? '').replace(/\s*\([^()]*\)[.]?$/, '').trim()
  if (!text) return ''
  const closed = /[.!?…]$/.test(text) ? text : `${text}.`
  return closed.charAt(0).toUpperCase() + closed.slice(1)
}

/** sentenceOf is what something that failed says to the person. */
export function sentenceOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
