import fuzzysort from 'fuzzysort'
import type { Entry } from './entries'

/** How many lines are shown at most. */
const most = 50

/** Where one goes comes before what one does, when the letters fit both about as well. */
const goals = new Set<Entry['kind']>(['channel', 'direct', 'person'])

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
      const fits = Math.max(title, keywords * 0.8, place * 0.6)
      const used = recent.includes(result.obj.id) ? 0.1 : 0
      return fits && fits + used + (goals.has(result.obj.kind) ? 0.15 : 0)
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
