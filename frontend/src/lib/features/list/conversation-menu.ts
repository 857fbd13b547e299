import BanIcon from '@lucide/svelte/icons/ban'
import JoinIcon from '@lucide/svelte/icons/log-in'
import InfoIcon from '@lucide/svelte/icons/info'
import LeaveIcon from '@lucide/svelte/icons/log-out'
import ReadIcon from '@lucide/svelte/icons/mail-check'
import PinIcon from '@lucide/svelte/icons/pin'
import UnpinIcon from '@lucide/svelte/icons/pin-off'
import SettingsIcon from '@lucide/svelte/icons/settings-2'
import TimerIcon from '@lucide/svelte/icons/timer'
import TrashIcon from '@lucide/svelte/icons/trash-2'
import InviteIcon from '@lucide/svelte/icons/user-plus'
import type { Conversation } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { MenuItem } from '$lib/ui/menu'
import { askClear, askDrop, askLeave, rejoin } from './leaving'
import { muteItem } from './mute'
import { mayInvite } from '../channels/rights'
import { toggleBlock } from '../people/block'

const texts = messages.actions

/** menuOf is what can be done with a conversation, for its menus and the palette. */
export function menuOf(app: AppState, one: Conversation): MenuItem[] {
  if (one.kind === 'channel' && !one.member) return ofLeft(app, one)
  const { key } = one
  const read = () => void app.act(() => markRead(app, one))
  const pin = () => void app.act(() => app.api.pin(key, !one.pinned))
  const items: MenuItem[] = [
    { label: texts.read, icon: ReadIcon, run: read, disabled: one.unread === 0 },
    {
      label: one.pinned ? texts.unpin : texts.pin,
      icon: one.pinned ? UnpinIcon : PinIcon,
      run: pin
    },
    muteItem(app, one),
    {
      label: texts.timer,
      icon: TimerIcon,
      run: () => app.view.show({ kind: 'timer', conversation: key })
    }
  ]
  return [...items, ...(one.kind === 'channel' ? ofChannel(app, one) : ofPerson(app, one))]
}

function ofChannel(app: AppState, one: Conversation): MenuItem[] {
  const conversation = one.key
  const items: MenuItem[] = [
    {
      label: texts.channel,
      icon: SettingsIcon,
      run: () => app.view.show({ kind: 'channel', conversation })
    }
  ]
  if (mayInvite(one))
    items.push({
      label: texts.invite,
      icon: InviteIcon,
      run: () => app.view.show({ kind: 'invite', conversation })
    })
  items.push({
    label: texts.clearChannel,
    icon: TrashIcon,
    danger: true,
    separated: true,
    run: () => askClear(app, one)
  })
  items.push({ label: texts.leave, icon: LeaveIcon, danger: true, run: () => askLeave(app, one) })
  return items
}

/** ofLeft is what can be done with a channel that one is not in any more. */
function ofLeft(app: AppState, one: Conversation): MenuItem[] {
  const drop = { label: texts.drop, icon: TrashIcon, danger: true, run: () => askDrop(app, one) }
  const join = { label: texts.join, icon: JoinIcon, run: () => rejoin(app, one) }
  return one.public ? [join, { ...drop, separated: true }] : [drop]
}

function ofPerson(app: AppState, one: Conversation): MenuItem[] {
  const user = userOf(one)
  const blocked = one.person_blocked ?? false
  return [
    {
      label: texts.profile,
      icon: InfoIcon,
      run: () => app.view.show({ kind: 'profile', hub: one.hub, user })
    },
    {
      label: blocked ? messages.profile.unblock : messages.profile.block,
      icon: BanIcon,
      separated: true,
      danger: !blocked,
      run: () => toggleBlock(app, { user, name: one.name, blocked })
    },
    { label: texts.clear, icon: TrashIcon, danger: true, run: () => askClear(app, one) }
  ]
}

/** userOf is the other person of a direct conversation. */
export function userOf(conversation: Conversation): string {
  return conversation.key.split('/').at(-1) ?? ''
}

/** How many rows are looked through for the last one of somebody else. */
const lookBack = 100

async function markRead(app: AppState, one: Conversation): Promise<void> {
  const page = await app.api.history(one.key, '', lookBack)
  const last = page.messages.findLast((row) => !row.mine && !row.notice)
  if (last) await app.api.markRead(one.key, last.id)
}
