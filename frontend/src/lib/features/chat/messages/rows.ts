import type { Message } from '$lib/api'

/** Messages of one person within this time of each other stand under one name. */
const together = 5 * 60_000

/** Row is a message with what its neighbours make of it. */
export interface Row {
  message: Message
  /** The first of its day: a line with the day stands above it. */
  newDay: boolean
  /** The first that is new: the line for that stands above it. */
  unread: boolean
  /** Shows the name and picture, since the row above is somebody else's or long ago. */
  headed: boolean
}

/**
 * rowsOf lays out messages that are in order. Where there are earlier ones, the first is only its
 * neighbour's neighbour: so no row changes when the page before it comes.
 */
export function rowsOf(messages: readonly Message[], unread = '', before = false): Row[] {
  const rows = messages.map((message, i) => {
    const above = messages[i - 1]
    const newDay = !above || dayOf(above) !== dayOf(message)
    const isUnread = message.id === unread
    const headed = newDay || isUnread || !above || !belongs(above, message)
    return { message, newDay, unread: isUnread, headed }
  })
  return before ? rows.slice(1) : rows
}

function belongs(above: Message, message: Message): boolean {
  if (above.notice || message.notice || above.from !== message.from) return false
  return Math.abs(Date.parse(message.sent_at) - Date.parse(above.sent_at)) < together
}

const days = new Map<string, string>()

/** dayOf is the local day of a message; finding it out is slow, and many share an hour. */
function dayOf(message: Message): string {
  const quarter = message.sent_at.slice(0, 15)
  let day = days.get(quarter)
  if (day === undefined) {
    if (days.size > 5_000) days.clear()
    day = new Date(message.sent_at).toDateString()
    days.set(quarter, day)
  }
  return day
}
