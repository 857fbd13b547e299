import { tick } from 'svelte'
import MentionIcon from '@lucide/svelte/icons/at-sign'
import InfoIcon from '@lucide/svelte/icons/info'
import MessageIcon from '@lucide/svelte/icons/message-circle'
import RoleIcon from '@lucide/svelte/icons/shield'
import RemoveIcon from '@lucide/svelte/icons/user-minus'
import type { Conversation, Person } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { MenuItem } from '$lib/ui/menu'
import { mayGiveRoles, mayRemove, rankOf } from '../channels/rights'

const texts = messages.details
const roles = [
  { role: 'member', label: texts.makeMember },
  { role: 'moderator', label: texts.makeModerator },
  { role: 'owner', label: texts.makeOwner }
]

/** ordered puts owners and moderators first; within a role it keeps the order. */
export function ordered(members: readonly Person[]): Person[] {
  return [...members].sort((a, b) => rankOf(b.role) - rankOf(a.role))
}

/** memberMenuOf is what can be done with a member: changes of power only for who may. */
export function memberMenuOf(app: AppState, channel: Conversation, person: Person): MenuItem[] {
  const { hub, key } = channel
  const items: MenuItem[] = [
    {
      label: texts.mention,
      icon: MentionIcon,
      run: () => void mention(app, person)
    },
    { label: texts.write, icon: MessageIcon, run: () => void app.openDirect(hub, person) },
    {
      label: texts.profile,
      icon: InfoIcon,
      run: () => app.view.show({ kind: 'profile', hub, user: person.user })
    }
  ]
  if (mayGiveRoles(channel))
    items.push(
      ...roles
        .filter(({ role }) => role !== (person.role || 'member'))
        .map(({ role, label }, index) => ({
          label,
          icon: RoleIcon,
          separated: index === 0,
          run: () => void app.act(() => app.api.setRole(key, person.user, role))
        }))
    )
  if (mayRemove(channel, person))
    items.push({
      label: texts.remove,
      icon: RemoveIcon,
      danger: true,
      separated: true,
      run: () => askRemove(app, channel, person)
    })
  return items
}

/** mention puts the name into the box; details that lie over the box go first. */
async function mention(app: AppState, person: Person): Promise<void> {
  if (globalThis.document?.querySelector('main[inert]')) {
    app.view.toggleDetails(false)
    await tick()
    await tick()
  }
  app.composer.insert(`@${person.name} `)
}

function askRemove(app: AppState, channel: Conversation, person: Person): void {
  app.view.show({
    kind: 'confirm',
    title: texts.removeTitle(person.name, channel.name),
    text: texts.removeText(person.name),
    action: texts.removeAction,
    run: () => app.api.removeMember(channel.key, person.user)
  })
}
