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

const short = {
  week: new Intl.DateTimeFormat(undefined, { weekday: 'short' }),
  year: new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }),
  older: new Intl.DateTimeFormat(undefined, { day: '2-digit', month: '2-digit', year: '2-digit' })
}

/** shortOf is a moment as a list shows it: today's by the clock, older ones by day or date. */
export function shortOf(text: string, now: Date): string {
  const date = new Date(text)
  const days = (new Date(now.toDateString()).getTime() - date.getTime()) / 86_400_000
  if (days <= 0) return clock.format(date)
  if (days <= 6) return short.week.format(date)
  return (date.getFullYear() === now.getFullYear() ? short.year : short.older).format(date)
}

const when = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit'
})

/** whenOf is a moment to come, with its day. */
export function whenOf(text: string): string {
  return when.format(new Date(text))
}

const spans: [number, string][] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second']
]

/** lengthOf is a length of time in seconds, in its largest whole unit. */
export function lengthOf(seconds: number): string {
  const [size, unit] = spans.find(([size]) => seconds >= size && seconds % size === 0) ?? [
    1,
    'second'
  ]
  const style = { style: 'unit', unit, unitDisplay: unit === 'week' ? 'long' : 'short' } as const
  return new Intl.NumberFormat(undefined, style).format(seconds / size)
}
