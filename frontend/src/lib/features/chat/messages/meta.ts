import type { Message } from '$lib/api'
import { parse } from '$lib/markdown/parse'
import { emojiAlone } from '$lib/markdown/emoji'
import { messages } from '$lib/messages'
import { clockOf } from '$lib/ui/times'

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

/**
 * besideText tells whether the time can stand on the last line of a message: where that is a line of
 * words that run from the left.
 */
export function besideText(message: Message): boolean {
  const text = message.text ?? ''
  if (message.deleted || message.state === 'retrying' || rightToLeft.test(text)) return false
  return parse(text).at(-1)?.kind === 'paragraph' && emojiAlone(text) === 0
}

/** metaWidth is about how wide the time and the marks beside it are, in rem. */
export function metaWidth(message: Message): number {
  const letter = 0.48
  const mark = 1.35
  const edited = message.edited ? messages.chat.edited.length * letter + 0.4 : 0
  const timer = message.expires_in || message.expires_at ? mark + 3 * letter : 0
  return clockOf(message.sent_at).length * letter + edited + timer + (message.mine ? mark : 0) + 0.5
}
