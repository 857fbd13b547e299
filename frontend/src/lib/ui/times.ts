const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })

/** clockOf is the time of day of an RFC 3339 text. */
export function clockOf(text: string): string {
  return clock.format(new Date(text))
}

/** fullOf is the date and time, for a tooltip. */
export function fullOf(text: string): string {
  return full.format(new Date(text))
}

/** dayOf names a day as people do. */
export function dayOf(
  text: string,
  now: Date,
  words: { today: string; yesterday: string }
): string {
  const date = new Date(text)
  const yesterday = new Date(now)
  yesterday.setDate(now.getDate() - 1)
  if (date.toDateString() === now.toDateString()) return words.today
  if (date.toDateString() === yesterday.toDateString()) return words.yesterday
  return day.format(date)
}
