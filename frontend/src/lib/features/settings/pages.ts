import type { Component } from 'svelte'
import BellIcon from '@lucide/svelte/icons/bell'
import DatabaseIcon from '@lucide/svelte/icons/database'
import InfoIcon from '@lucide/svelte/icons/info'
import KeyboardIcon from '@lucide/svelte/icons/keyboard'
import PaletteIcon from '@lucide/svelte/icons/palette'
import PhoneIcon from '@lucide/svelte/icons/phone'
import ServerIcon from '@lucide/svelte/icons/server'
import ShieldIcon from '@lucide/svelte/icons/shield'
import UserIcon from '@lucide/svelte/icons/user'
import type { SettingsPage } from '$lib/state/view.svelte'
import AboutPage from './AboutPage.svelte'
import AppearancePage from './AppearancePage.svelte'
import CallsPage from './CallsPage.svelte'
import HubsPage from './HubsPage.svelte'
import NotificationsPage from './NotificationsPage.svelte'
import PrivacyPage from './PrivacyPage.svelte'
import ProfilePage from './ProfilePage.svelte'
import ShortcutsPage from './ShortcutsPage.svelte'
import StoragePage from './StoragePage.svelte'

/** pages are those of the settings, in their order. */
export const pages: readonly { id: SettingsPage; icon: Component; component: Component }[] = [
  { id: 'profile', icon: UserIcon, component: ProfilePage },
  { id: 'appearance', icon: PaletteIcon, component: AppearancePage },
  { id: 'notifications', icon: BellIcon, component: NotificationsPage },
  { id: 'privacy', icon: ShieldIcon, component: PrivacyPage },
  { id: 'calls', icon: PhoneIcon, component: CallsPage },
  { id: 'hubs', icon: ServerIcon, component: HubsPage },
  { id: 'storage', icon: DatabaseIcon, component: StoragePage },
  { id: 'shortcuts', icon: KeyboardIcon, component: ShortcutsPage },
  { id: 'about', icon: InfoIcon, component: AboutPage }
]
