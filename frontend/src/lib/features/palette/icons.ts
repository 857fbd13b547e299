import type { Component } from 'svelte'
import BellIcon from '@lucide/svelte/icons/bell'
import BellOffIcon from '@lucide/svelte/icons/bell-off'
import CheckIcon from '@lucide/svelte/icons/check-check'
import HashIcon from '@lucide/svelte/icons/hash'
import InfoIcon from '@lucide/svelte/icons/info'
import KeyIcon from '@lucide/svelte/icons/key-round'
import KeyboardIcon from '@lucide/svelte/icons/keyboard'
import LeaveIcon from '@lucide/svelte/icons/log-out'
import MicOffIcon from '@lucide/svelte/icons/mic-off'
import PhoneIcon from '@lucide/svelte/icons/phone'
import PhoneOffIcon from '@lucide/svelte/icons/phone-off'
import VideoIcon from '@lucide/svelte/icons/video'
import MessageIcon from '@lucide/svelte/icons/message-circle'
import PaletteIcon from '@lucide/svelte/icons/palette'
import PinIcon from '@lucide/svelte/icons/pin'
import SearchIcon from '@lucide/svelte/icons/search'
import ServerIcon from '@lucide/svelte/icons/server'
import SettingsIcon from '@lucide/svelte/icons/settings'
import ShieldIcon from '@lucide/svelte/icons/shield-check'
import TimerIcon from '@lucide/svelte/icons/timer'
import TrashIcon from '@lucide/svelte/icons/trash-2'
import TypeIcon from '@lucide/svelte/icons/type'
import UserIcon from '@lucide/svelte/icons/user'
import UserPlusIcon from '@lucide/svelte/icons/user-plus'
import ZapIcon from '@lucide/svelte/icons/zap'
import type { Entry } from './entries'

const kinds: Record<Entry['kind'], Component> = {
  channel: HashIcon,
  direct: UserIcon,
  person: UserIcon,
  hub: ServerIcon,
  page: SettingsIcon,
  theme: PaletteIcon,
  action: ZapIcon,
  search: SearchIcon
}

const actions: Record<string, Component> = {
  search: SearchIcon,
  searchHere: SearchIcon,
  newDirect: MessageIcon,
  newChannel: HashIcon,
  channels: HashIcon,
  addHub: ServerIcon,
  settings: SettingsIcon,
  shortcuts: KeyboardIcon,
  quiet: BellOffIcon,
  loud: BellIcon,
  nextUnread: MessageIcon,
  larger: TypeIcon,
  smaller: TypeIcon,
  usual: TypeIcon,
  light: PaletteIcon,
  dark: PaletteIcon,
  system: PaletteIcon,
  phrase: KeyIcon,
  markRead: CheckIcon,
  mute: BellOffIcon,
  muteHour: BellOffIcon,
  unmute: BellIcon,
  pin: PinIcon,
  unpin: PinIcon,
  accept: CheckIcon,
  timer: TimerIcon,
  details: InfoIcon,
  profile: UserIcon,
  verify: ShieldIcon,
  channel: SettingsIcon,
  invite: UserPlusIcon,
  leave: LeaveIcon,
  delete: TrashIcon,
  call: PhoneIcon,
  videoCall: VideoIcon,
  muteCall: MicOffIcon,
  hangUp: PhoneOffIcon
}

/** iconOf is the picture before a line of the palette. */
export function iconOf(entry: Entry): Component {
  return (entry.kind === 'action' && actions[entry.id]) || kinds[entry.kind]
}
