const steps = [
  { kind: 'weeks', seconds: 604_800, short: 'w' },
  { kind: 'days', seconds: 86_400, short: 'd' },
  { kind: 'hours', seconds: 3_600, short: 'h' },
  { kind: 'minutes', seconds: 60, short: 'm' },
  { kind: 'seconds', seconds: 1, short: 's' }
] as const

/** Words name a number of each unit. */
export type Words = Record<(typeof steps)[number]['kind'], (n: number) => string>

/** stepOf is the largest unit of which there is at least one; what remains is rounded up. */
function stepOf(seconds: number) {
  return steps.find((step) => seconds >= step.seconds) ?? steps[steps.length - 1]
}

/** spanOf says a length of time in words, coarsely: "3 minutes". */
export function spanOf(seconds: number, words: Words): string {
  const step = stepOf(seconds)
  return step ? words[step.kind](Math.ceil(seconds / step.seconds)) : ''
}

/** shortSpanOf says it in two or three characters: "3m". */
export function shortSpanOf(seconds: number): string {
  const step = stepOf(seconds)
  return step ? `${Math.ceil(seconds / step.seconds)}${step.short}` : ''
}
