import CopyIcon from '@lucide/svelte/icons/copy'
import EditIcon from '@lucide/svelte/icons/pencil'
import InfoIcon from '@lucide/svelte/icons/info'
import ReactIcon from '@lucide/svelte/icons/smile-plus'
import ReplyIcon from '@lucide/svelte/icons/reply'
import RetryIcon from '@lucide/svelte/icons/refresh-cw'
import PersonIcon from '@lucide/svelte/icons/circle-user-round'
import TrashIcon from '@lucide/svelte/icons/trash-2'
import type { Conversation, Message } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { MenuItem } from '$lib/ui/menu'

const texts = messages.list

/** Action is what can be done with a message: a line of its menu, and the keys that do the same. */
export interface Action extends MenuItem {
  name: 'retry' | 'react' | 'reply' | 'edit' | 'copy' | 'profile' | 'info' | 'remove'
  keys: readonly string[]
  run: () => void
}

/** actionsOf are the actions that a person may take on a message; react opens the choice of emoji. */
export function actionsOf(
  app: AppState,
  conversation: Conversation,
  message: Message,
  react: () => void
): Action[] {
  if (message.notice) return []
  const may = allowed(conversation, message)
  const { api } = app
  const all: (Action | false)[] = [
    may.retry && {
      ...line('retry', texts.retry, RetryIcon, []),
      run: () => void app.act(() => api.retry(conversation.key, message.id))
    },
    may.answer && { ...line('react', texts.react, ReactIcon, ['+', ':']), run: react },
    may.answer && {
      ...line('reply', texts.reply, ReplyIcon, ['r']),
      run: () => app.composer.reply(message)
    },
    may.edit && {
      ...line('edit', texts.edit, EditIcon, ['e']),
      run: () => app.composer.edit(message)
    },
    may.copy && {
      ...line('copy', texts.copy, CopyIcon, ['c']),
      run: () => void copy(app, message.text ?? '')
    },
    may.profile && {
      ...line('profile', texts.profile(message.from_name ?? ''), PersonIcon, ['p']),
      run: () => showProfile(app, conversation, message)
    },
    {
      ...line('info', texts.info, InfoIcon, ['i']),
      run: () =>
        app.view.show({ kind: 'messageInfo', conversation: conversation.key, message: message.id })
    },
    may.remove && {
      ...line('remove', texts.remove, TrashIcon, ['Delete']),
      danger: true,
      separated: true,
      run: () => confirmRemoval(app, conversation, message)
    }
  ]
  return all.filter((one) => one !== false)
}

/** allowed is what the state of a message, and one's role, let one do with it. */
export function allowed(conversation: Conversation, message: Message) {
  const open = conversation.member && !conversation.blocked && !conversation.request
  const there = !message.deleted && message.state !== 'retrying'
  const sent = !['queued', 'failed'].includes(message.state)
  const moderates = conversation.role === 'moderator' || conversation.role === 'owner'
  return {
    retry: message.state === 'failed',
    answer: open && there && sent,
    edit: open && there && Boolean(message.mine) && message.state !== 'failed',
    copy: there && Boolean(message.text),
    profile: !message.mine && Boolean(message.from),
    remove: conversation.member && !message.deleted && Boolean(message.mine || moderates)
  }
}

function line(
  name: Action['name'],
  label: string,
  icon: NonNullable<MenuItem['icon']>,
  keys: string[]
) {
  const hint = keys[0]?.length === 1 ? keys[0].toUpperCase() : keys[0]
  return { name, label, icon, keys, ...(hint && { hint }) }
}

/** showProfile shows who wrote a message. */
export function showProfile(app: AppState, { hub }: Conversation, { from }: Message): void {
  if (from) app.view.show({ kind: 'profile', hub, user: from })
}

/** copy puts a text on the clipboard and says so. */
export async function copy(app: AppState, text: string): Promise<void> {
  const done = await app.act(() => app.api.copy(text).then(() => true))
  if (done) app.toasts.add('info', texts.copied)
}

/** confirmRemoval deletes a message for everybody once the person has confirmed it. */
export function confirmRemoval(app: AppState, conversation: Conversation, message: Message): void {
  app.view.show({
    kind: 'confirm',
    title: texts.removeTitle,
    text: message.mine ? texts.removeText : texts.removeOther(message.from_name ?? ''),
    action: texts.removeAction,
    run: () => app.api.deleteMessage(conversation.key, message.id)
  })
}
