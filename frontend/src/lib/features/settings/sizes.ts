const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']

/** sizeOf is a number of bytes for people: "1.2 MB". */
export function sizeOf(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit > 0 && value < 10 ? 1 : 0
  const options = {
    style: 'unit',
    unit: units[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'long' : 'short', // "304 byte" otherwise
    maximumFractionDigits: digits
  } as const
  return new Intl.NumberFormat(undefined, options).format(value)
}
