import type { CallInfo, Conversation } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'

const texts = messages.call

/** mayCall says that a call can be begun in a conversation now; a call that runs there is joined instead. */
export function mayCall(app: AppState, one: Conversation | undefined): boolean {
  return mayBegin(app, one) && !app.call.running(one?.key ?? '')
}

/** mayBegin says that a call can be begun or joined in a conversation now. */
export function mayBegin(app: AppState, one: Conversation | undefined): boolean {
  if (!one || app.call.on) return false
  return one.kind === 'channel' ? one.member : !one.person_blocked && !one.blocked
}

/** hubOf is the hub that a call goes by. */
export const hubOf = (info: CallInfo) => info.conversation?.split('/')[0] ?? ''

/** placeOf names where the call is: the channel, or the other person. */
export function placeOf(app: AppState, info: CallInfo): { name: string; channel: boolean } {
  const { list, current } = app.conversations
  const key = info.conversation
  const known = list.find((one) => one.key === key) ?? (current?.key === key ? current : undefined)
  const name = known?.name ?? info.participants[0]?.name ?? info.caller_name ?? ''
  return { name, channel: known?.kind === 'channel' }
}

/** titleOf says in a line what call it is. */
export function titleOf(app: AppState, info: CallInfo): string {
  const { name, channel } = placeOf(app, info)
  if (info.phase === 'calling') return texts.calling(name)
  if (info.phase === 'ringing') return texts.incoming(info.caller_name ?? name)
  return channel ? texts.inChannel(name) : texts.with(name)
}

/** durationOf is a time in milliseconds as a clock shows it: 1:02:03 or 4:05. */
export function durationOf(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / 1_000))
  const parts = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60]
  const shown = parts[0] ? parts : parts.slice(1)
  return shown.map((part, n) => (n ? String(part).padStart(2, '0') : part)).join(':')
}
