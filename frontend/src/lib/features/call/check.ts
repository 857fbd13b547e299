import CheckIcon from '@lucide/svelte/icons/audio-lines'
import SettingsIcon from '@lucide/svelte/icons/settings-2'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { MenuItem } from '$lib/ui/menu'

/** checkItems leads to what calls are made with: its check, and its settings. */
export function checkItems(app: AppState): MenuItem[] {
  return [
    {
      label: messages.devices.check,
      icon: CheckIcon,
      run: () => app.view.show({ kind: 'deviceCheck' })
    },
    {
      label: messages.devices.settings,
      icon: SettingsIcon,
      run: () => app.view.show({ kind: 'settings', page: 'calls' })
    }
  ]
}
