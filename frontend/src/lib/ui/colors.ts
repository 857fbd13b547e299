// The colours of people's marks: steps of the theme that carry white text in both modes.
const tones = [
  'bg-primary-700',
  'bg-secondary-700',
  'bg-tertiary-800',
  'bg-success-800',
  'bg-error-700',
  'bg-surface-700'
]

/** toneOf picks the same colour for the same seed each time. */
export function toneOf(seed: string): string {
  let sum = 7
  for (const char of seed) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0
  return tones[sum % tones.length] ?? 'bg-surface-700'
}

/** initialsOf is at most two letters of a name. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase()
}
