import type { CallInfo, Participant } from '$lib/api'
import type { Layout } from '$lib/state/stage.svelte'

/** Tile is one picture's place on the stage: a person's, or a screen that somebody shares. */
export interface Tile {
  key: string
  kind: 'camera' | 'screen'
  /** Undefined for this person's own. */
  one?: Participant
}

/** tilesOf is what the stage shows, in the order in which it is read out. */
export function tilesOf(info: CallInfo): Tile[] {
  const screens = info.participants
    .filter((one) => one.screen)
    .map((one): Tile => ({ key: `${one.device}/screen`, kind: 'screen', one }))
  const people = info.participants.map((one): Tile => ({ key: one.device, kind: 'camera', one }))
  return [...screens, ...people, ...(ownShown(info) ? [own] : [])]
}

const own: Tile = { key: '', kind: 'camera' }

/** ownShown leaves this person's own place out where two talk without a picture of it. */
const ownShown = (info: CallInfo) => info.participants.length !== 1 || !!info.camera

/** What decides which tile is large. */
export interface Choice {
  readonly layout: Layout
  readonly pinned: string | undefined
  readonly level: string | undefined
  readonly spot: string | undefined
}

/** largeOf is the tile that is shown large: what was pinned, else a screen, else who speaks where that is wanted. */
export function largeOf(tiles: readonly Tile[], choice: Choice): string | undefined {
  const has = (key: string | undefined) => key !== undefined && tiles.some((one) => one.key === key)
  if (has(choice.pinned)) return choice.pinned
  const screen = tiles.find((one) => one.kind === 'screen' && one.key !== choice.level)
  if (screen) return screen.key
  return choice.layout === 'speaker' && has(choice.spot) ? choice.spot : undefined
}

/** cornered says that one's own picture lies small over the other's, as where two see each other. */
export function cornered(tiles: readonly Tile[], large: string | undefined): boolean {
  const self = tiles.some((one) => !one.one)
  return self && tiles.length === 2 && large !== '' && tiles.every((one) => one.kind === 'camera')
}
