import type { Aim, Place } from '$lib/state/places'
import type { Timeline } from '$lib/state/timeline.svelte'
import type { VirtualizerHandle } from 'virtua/svelte'
import type { Row } from './rows'

/** Scene is what is on the screen of a conversation; list and box are absent until they are drawn. */
export interface Scene {
  readonly timeline: Timeline
  readonly rows: readonly Row[]
  /** The last change of the rows was at their start only. */
  readonly shift: boolean
  readonly list: VirtualizerHandle | undefined
  readonly box: HTMLElement | undefined
  /** Runs what may fail, and tells the person. */
  act(work: () => Promise<unknown>): Promise<unknown>
}

/** What stands half out of view by no more than this, in pixels, counts as seen. */
const margin = 48

/** indexOf is where a message stands among the rows, -1 for nowhere. */
export function indexOf(scene: Scene, message: string): number {
  return scene.rows.findIndex((row) => row.message.id === message)
}

/**
 * measured says that the list knows its height: before that it has nothing to keep in place, and
 * would wait, without a row, for a scrolling that never comes.
 */
export function measured({ list }: Scene): boolean {
  return (list?.getViewportSize() ?? 0) > 0
}

/** toEnd is how many pixels there are below the view. */
export function toEnd({ box }: Scene): number {
  return box ? box.scrollHeight - box.scrollTop - box.clientHeight : 0
}

export function showEnd({ list, rows }: Scene): void {
  if (rows.length > 0) list?.scrollToIndex(rows.length - 1, { align: 'end' })
}

/** show goes where the timeline aims. */
export function show(scene: Scene, aim: Aim): void {
  const { list } = scene
  const at = 'message' in aim ? Math.max(0, indexOf(scene, aim.message)) : 0
  if (aim.at === 'end') showEnd(scene)
  else if (aim.at === 'jump') list?.scrollToIndex(at, { align: 'center' })
  else list?.scrollToIndex(at, { align: 'start', offset: -room(scene, aim) })
}

/** room is what is left above the message that is gone to. */
function room({ list }: Scene, aim: Aim): number {
  if (aim.at === 'unread') return (list?.getViewportSize() ?? 0) / 5
  return aim.at === 'place' ? aim.offset : 0
}

/** View is the rows that are in view: the first, where its top is, and the last that can be read to its end. */
export interface View {
  first: number
  place: Place | undefined
  last: string
}

export function viewOf({ list, rows }: Scene): View {
  if (!list || rows.length === 0) return { first: -1, place: undefined, last: '' }
  const top = list.getScrollOffset()
  const end = top + list.getViewportSize()
  const first = list.findItemIndex(top)
  let last = list.findItemIndex(end)
  if (last > first && list.getItemOffset(last) + list.getItemSize(last) > end + margin) last--
  const message = rows[first]?.message.id
  const place = message ? { message, offset: list.getItemOffset(first) - top } : undefined
  return { first, place, last: rows[last]?.message.id ?? '' }
}
