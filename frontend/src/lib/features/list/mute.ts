import BellIcon from '@lucide/svelte/icons/bell'
import BellOffIcon from '@lucide/svelte/icons/bell-off'
import type { Conversation } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { MenuItem } from '$lib/ui/menu'
import { whenOf } from '$lib/ui/times'

const texts = messages.actions

/** muteTitle says how long a muted conversation stays so; "" for one that is not. */
export function muteTitle(conversation: Conversation): string {
  if (!conversation.muted) return ''
  const until = conversation.muted_until
  return until ? texts.mutedUntil(whenOf(until)) : texts.mutedForGood
}

/** muteChoices are the times for which a conversation can be muted. */
export function muteChoices(app: AppState, key: string): MenuItem[] {
  return texts.muteFor.map(({ label, seconds }) => ({
    label,
    run: () => void app.act(() => app.api.mute(key, seconds))
  }))
}

/** muteItem mutes a conversation for a time that is chosen, or ends that. */
export function muteItem(app: AppState, { key, muted }: Conversation): MenuItem {
  if (!muted) return { label: texts.mute, icon: BellOffIcon, items: muteChoices(app, key) }
  const run = () => void app.act(() => app.api.mute(key, 0))
  return { label: texts.unmute, icon: BellIcon, run }
}
