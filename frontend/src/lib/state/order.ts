import type { Message } from '$lib/api'

/** byPosition orders rows as the program does. */
export function byPosition(a: Message, b: Message): number {
  if (a.position === b.position) return 0
  return a.position < b.position ? -1 : 1
}

/** idsOf makes it quick to ask whether a row is among these. */
export function idsOf(rows: readonly Message[]): ReadonlySet<string> {
  return new Set(rows.map((row) => row.id))
}
