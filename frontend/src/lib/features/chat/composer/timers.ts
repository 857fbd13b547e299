const minute = 60
const hour = 60 * minute
const day = 24 * hour
const week = 7 * day

/** presets are the times after which messages can disappear, in seconds; 0: they stay. */
export const presets: readonly number[] = [0, 30, 5 * minute, hour, 8 * hour, day, week, 4 * week]

const units: [number, 'week' | 'day' | 'hour' | 'minute' | 'second'][] = [
  [week, 'week'],
  [day, 'day'],
  [hour, 'hour'],
  [minute, 'minute'],
  [1, 'second']
]

/** unitOf splits seconds into a whole number of the largest unit that fits. */
export function unitOf(seconds: number): { count: number; unit: (typeof units)[number][1] } {
  const [size, unit] = units.find(([size]) => seconds >= size && seconds % size === 0) ?? [
    1,
    'second'
  ]
  return { count: seconds / size, unit }
}
