import type { Message } from '$lib/api'

/** Messages of one person within this time of each other stand under one name. */
const together = 5 * 60_000

/** Row is a message with what its neighbours make of it. */
export interface Row {
  message: Message
  /** The first of its day: a line with the day stands above it. */
  newDay: boolean
  /** Shows the name and picture, since the row above is somebody else's or long ago. */
  headed: boolean
}

/** rowsOf lays out messages that are in order. */
export function rowsOf(messages: readonly Message[]): Row[] {
  return messages.map((message, i) => {
    const above = messages[i - 1]
    const newDay = !above || dayOf(above) !== dayOf(message)
    return { message, newDay, headed: newDay || !above || !belongs(above, message) }
  })
}

function belongs(above: Message, message: Message): boolean {
  if (above.notice || message.notice || above.from !== message.from) return false
  return Math.abs(Date.parse(message.sent_at) - Date.parse(above.sent_at)) < together
}

function dayOf(message: Message): string {
  return new Date(message.sent_at).toDateString()
}
