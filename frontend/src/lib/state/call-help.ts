import type { CallInfo } from '$lib/api'

/** What a call needs beside the program. */
export interface CallHelp {
  /** Says why something did not work. */
  fail: (cause: unknown) => void
  /** Says that the person does not want to be disturbed. */
  quiet: () => boolean
  /** Offers to check sound and picture before the first call; false where that is not wanted. */
  check: (key: string, video: boolean) => boolean
}

/** EndedCall is one that is over without this person's doing. */
export interface EndedCall {
  conversation: string
  /** Why, a sentence; "" where the others have hung up. */
  why: string
  /** How long it was, in milliseconds; 0 where nobody was connected. */
  lasted: number
  /** This device was in it, or called. */
  mine: boolean
}

/** pictured says that somebody in the call shows something. */
export function pictured({ phase, camera, participants }: CallInfo): boolean {
  return phase === 'active' && (!!camera || participants.some((one) => one.camera || one.screen))
}
