/** Spot is whom the speaker view shows large, and since when, in milliseconds. */
export interface Spot {
  device: string
  since: number
}

/** For how long who stands in the light stays there at least, in milliseconds: two who talk would flicker. */
export const steady = 2_000

/**
 * nextSpot is whom the speaker view shows now: who speaks, unless who stood there before speaks on
 * or has only just come. Where nobody has spoken yet it is the first who is present.
 */
export function nextSpot(
  spot: Spot | undefined,
  present: readonly string[],
  speaking: readonly string[],
  now: number
): Spot | undefined {
  const first = speaking[0]
  if (!spot || !present.includes(spot.device)) {
    const device = first ?? present[0]
    return device === undefined ? undefined : { device, since: now }
  }
  if (first === undefined || speaking.includes(spot.device) || now - spot.since < steady)
    return spot
  return { device: first, since: now }
}
