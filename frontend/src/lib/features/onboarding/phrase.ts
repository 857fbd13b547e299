/** wordsOf is the words of a text, however they were written down: numbered, in lines, in capitals. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+/gu) ?? []
}

/** positionsToAsk is so many different places of the phrase, in order, picked by random numbers below 1. */
export function positionsToAsk(length: number, count: number, random = Math.random): number[] {
  const places = Array.from({ length }, (_, n) => n)
  const picked = Array.from({ length: count }, () =>
    places.splice(Math.floor(random() * places.length), 1)
  )
  return picked.flat().sort((a, b) => a - b)
}

const dismissed = 'gossip.phrase-reminder'

/** remindedToday says that the reminder was sent away on that day. */
export function remindedToday(today = new Date()): boolean {
  return localStorage.getItem(dismissed) === today.toDateString()
}

/** dismissToday sends the reminder away until tomorrow. */
export function dismissToday(today = new Date()): void {
  localStorage.setItem(dismissed, today.toDateString())
}
