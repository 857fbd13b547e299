import type { CallInfo, Participant } from '$lib/api'

/** toCompare is whose safety numbers are to be compared: who is not verified, else everybody; each person once. */
export function toCompare(info: CallInfo): Participant[] {
  const people = new Map(info.participants.map((one) => [one.user, one]))
  const open = [...people.values()].filter((one) => !one.verified)
  return open.length ? open : [...people.values()]
}
