import type { Change, Message, Quote } from '$lib/api'

/** How many characters of a message a quote shows. */
const longest = 200

/** quotesAfter is the rows with their quotes as they are after a change of what is quoted. */
export function quotesAfter(rows: readonly Message[], change: Change): Message[] {
  const quote = quoteOf(change)
  if (!quote || !rows.some((row) => row.reply_to === quote.id)) return [...rows]
  return rows.map((row) => (row.reply_to === quote.id ? { ...row, reply: quote } : row))
}

/** quoteOf is how a message that changed is quoted now. */
function quoteOf(change: Change): Quote | undefined {
  if (change.type === 'message_removed') return { id: change.message_id, missing: true }
  if (change.type !== 'message_changed') return undefined
  const { id, from_name = '', text = '', deleted = false } = change.message
  return deleted
    ? { id, from_name, deleted }
    : { id, from_name, text: [...text].slice(0, longest).join('') }
}
