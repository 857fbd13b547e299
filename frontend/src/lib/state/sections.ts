import type { Conversation } from '$lib/api'

/** Sections are the parts of a hub's list, in the order in which they are shown. */
export interface Sections {
  requests: Conversation[]
  pinned: Conversation[]
  channels: Conversation[]
  directs: Conversation[]
  /** Channels that one is not in any more, of which the history is kept. */
  left: Conversation[]
}

/** sectionsOf sorts a hub's conversations into the sections, each by the last thing said. */
export function sectionsOf(list: readonly Conversation[]): Sections {
  const shown = [...list].sort(byLast)
  const out = (one: Conversation) => one.kind === 'channel' && !one.member
  const settled = shown.filter((one) => !one.request && !out(one))
  const rest = settled.filter((one) => !one.pinned)
  return {
    requests: shown.filter((one) => one.request),
    pinned: settled.filter((one) => one.pinned),
    channels: rest.filter((one) => one.kind === 'channel'),
    directs: rest.filter((one) => one.kind === 'direct'),
    left: shown.filter(out)
  }
}

/** nextUnread is the next conversation in a direction, round the ends, with something unread. */
export function nextUnread(order: readonly Conversation[], from: number, step: number): string {
  const start = from < 0 && step < 0 ? 0 : from
  for (let n = 1; n <= order.length; n++) {
    const one = order[(start + step * n + order.length * n) % order.length]
    if (one && one.unread > 0 && !one.muted) return one.key
  }
  return ''
}

/** byLast puts the last thing said first; what has nothing said in it is by name. */
export function byLast(a: Conversation, b: Conversation): number {
  return (b.last_at ?? '').localeCompare(a.last_at ?? '') || a.name.localeCompare(b.name)
}
