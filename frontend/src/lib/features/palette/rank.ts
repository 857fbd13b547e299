import fuzzysort from 'fuzzysort'
import type { Entry } from './entries'

/** How many lines are shown at most. */
const most = 50

/** rank is the entries that fit what was typed, the best first; with nothing typed the recent ones lead. */
export function rank(entries: readonly Entry[], typed: string, recent: readonly string[]): Entry[] {
  const wanted = typed.trim()
  if (!wanted) return byRecency(entries, recent).slice(0, most)
  const found = fuzzysort.go(wanted, entries as Entry[], {
    keys: ['title', 'keywords', 'place'],
    limit: most,
    threshold: 0.2,
    scoreFn: (result) => {
      const [title = 0, keywords = 0, place = 0] = [...result].map((one) => one.score)
      const used = recent.includes(result.obj.id) ? 0.1 : 0
      return Math.max(title, keywords * 0.8, place * 0.6) + (title || keywords || place ? used : 0)
    }
  })
  return found.map((one) => one.obj)
}

function byRecency(entries: readonly Entry[], recent: readonly string[]): Entry[] {
  const place = (entry: Entry) => {
    const at = recent.indexOf(entry.id)
    return at < 0 ? recent.length : at
  }
  return [...entries].sort((a, b) => place(a) - place(b))
}
