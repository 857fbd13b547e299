import type { Message } from '$lib/api'
import type { Box } from '$lib/ui/menu'

/** Acts is what a row asks of the list: menus and pickers stand above it, since rows come and go. */
export interface Acts {
  menu: (message: Message, at: Box) => void
  pick: (message: Message, at: Box) => void
  reply: (message: Message) => void
  react: (message: Message, emoji: string, remove: boolean) => void
  jump: (message: string) => void
  profile: (message: Message) => void
  retry: (message: Message) => void
}
