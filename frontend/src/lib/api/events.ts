import { EventsOn } from '../../../wailsjs/runtime/runtime'
import type { Change } from './types'

/** subscribe hands on every change in the program's order, until the returned function is called. */
export function subscribe(take: (change: Change) => void): () => void {
  return EventsOn('gossip', take)
}
