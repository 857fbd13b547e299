import LinkIcon from '@lucide/svelte/icons/link'
import HashIcon from '@lucide/svelte/icons/hash'
import LeaveIcon from '@lucide/svelte/icons/log-out'
import PenIcon from '@lucide/svelte/icons/square-pen'
import PlusIcon from '@lucide/svelte/icons/plus'
import ConnectIcon from '@lucide/svelte/icons/refresh-cw'
import type { Hub } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { MenuItem } from '$lib/ui/menu'

const texts = messages.hubs

/** hubMenuOf is what can be done with a hub. */
export function hubMenuOf(app: AppState, hub: Hub): MenuItem[] {
  const show = app.view.show.bind(app.view)
  const items: MenuItem[] = [
    {
      label: messages.sidebar.newDirect,
      icon: PenIcon,
      run: () => show({ kind: 'newDirect', hub: hub.id })
    },
    {
      label: messages.channels.new,
      icon: PlusIcon,
      run: () => show({ kind: 'newChannel', hub: hub.id })
    },
    {
      label: messages.sidebar.newChannel,
      icon: HashIcon,
      run: () => show({ kind: 'channels', hub: hub.id })
    }
  ]
  if (hub.link)
    items.push({
      label: texts.copyLink,
      icon: LinkIcon,
      separated: true,
      run: () => copyLink(app, hub)
    })
  if (hub.state !== 'online')
    items.push({
      label: texts.connect,
      icon: ConnectIcon,
      run: () => void app.act(() => app.session.reconnect(hub.id))
    })
  items.push({
    label: texts.leave,
    icon: LeaveIcon,
    danger: true,
    separated: true,
    run: () => askLeaveHub(app, hub)
  })
  return items
}

/** copyLink puts a hub's invite link into the clipboard and says so. */
export function copyLink(app: AppState, hub: Hub): void {
  void app.act(async () => {
    await app.api.copy(hub.link ?? '')
    app.toasts.add('info', texts.copied)
  })
}

/** askLeaveHub leaves a hub once the person has confirmed it. */
export function askLeaveHub(app: AppState, hub: Hub): void {
  app.view.show({
    kind: 'confirm',
    title: texts.leaveTitle(hub.name || hub.address),
    text: texts.leaveText,
    action: texts.leaveAction,
    run: async () => {
      if (app.conversations.current?.hub === hub.id) app.leave()
      await app.api.leaveHub(hub.id)
    }
  })
}
