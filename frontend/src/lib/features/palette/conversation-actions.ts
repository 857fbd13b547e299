import type { Conversation } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { Action } from './action'
import { questionFor } from '../search/questions'

const texts = messages.palette

/** What is done with the open conversation, which is never undefined where an action may run. */
type Act = (app: AppState, open: Conversation) => unknown

interface Row {
  id: keyof typeof texts.actions
  keywords?: string
  shortcut?: string
  /** Which open conversations it is for; all by default. */
  for?: (open: Conversation) => boolean
  run: Act
}

const channel = (open: Conversation) => open.kind === 'channel' && open.member
const direct = (open: Conversation) => open.kind === 'direct'
const titleOf = (open: Conversation) => (open.kind === 'channel' ? '#' : '') + open.name
const userOf = (open: Conversation) => open.key.split('/')[1] ?? ''
const call =
  (work: (app: AppState, key: string) => Promise<unknown>): Act =>
  (app, open) =>
    app.act(() => work(app, open.key))

/** markRead takes the unread mark off: everything up to the newest message counts as read. */
async function markRead(app: AppState, key: string) {
  const { messages: newest } = await app.api.history(key, '', 1)
  if (newest[0]) await app.api.markRead(key, newest[0].id)
}

/** ask shows the question before something that cannot be taken back. */
function ask(
  app: AppState,
  title: string,
  text: string,
  action: string,
  run: () => Promise<unknown>
) {
  app.view.show({ kind: 'confirm', title, text, action, run })
}

const rows: Row[] = [
  {
    id: 'searchHere',
    keywords: 'find',
    shortcut: 'Mod+F',
    run: (app, open) => app.view.show({ kind: 'search', question: questionFor(open) })
  },
  {
    id: 'markRead',
    shortcut: 'Shift+Escape',
    for: (open) => open.unread > 0,
    run: (app, open) => app.act(() => markRead(app, open.key))
  },
  {
    id: 'mute',
    keywords: 'silence',
    for: (open) => !open.muted,
    run: call((app, key) => app.api.mute(key, -1))
  },
  {
    id: 'muteHour',
    keywords: 'silence',
    for: (open) => !open.muted,
    run: call((app, key) => app.api.mute(key, 3600))
  },
  { id: 'unmute', for: (open) => !!open.muted, run: call((app, key) => app.api.mute(key, 0)) },
  {
    id: 'pin',
    keywords: 'favourite top',
    for: (open) => !open.pinned,
    run: call((app, key) => app.api.pin(key, true))
  },
  { id: 'unpin', for: (open) => !!open.pinned, run: call((app, key) => app.api.pin(key, false)) },
  {
    id: 'accept',
    keywords: 'allow stranger',
    for: (open) => !!open.request,
    run: call((app, key) => app.api.acceptRequest(key))
  },
  {
    id: 'timer',
    keywords: 'ephemeral expire delete after',
    run: (app, open) => app.view.show({ kind: 'timer', conversation: open.key })
  },
  {
    id: 'details',
    keywords: 'people members info',
    shortcut: 'Alt+I',
    run: (app) => app.view.toggleDetails()
  },
  {
    id: 'profile',
    keywords: 'person contact block',
    for: direct,
    run: (app, open) => app.view.show({ kind: 'profile', hub: open.hub, user: userOf(open) })
  },
  {
    id: 'verify',
    keywords: 'safety number trust key',
    for: direct,
    run: (app, open) => app.view.show({ kind: 'trust', hub: open.hub, user: userOf(open) })
  },
  {
    id: 'channel',
    keywords: 'rename topic roles',
    for: channel,
    run: (app, open) => app.view.show({ kind: 'channel', conversation: open.key })
  },
  {
    id: 'invite',
    keywords: 'add people',
    for: channel,
    run: (app, open) => app.view.show({ kind: 'invite', conversation: open.key })
  },
  {
    id: 'leave',
    keywords: 'part quit',
    for: channel,
    run: (app, open) =>
      ask(app, texts.actions.leave, texts.leaveText(titleOf(open)), texts.leaveAction, () =>
        app.api.leaveChannel(open.key)
      )
  },
  {
    id: 'delete',
    keywords: 'erase remove history',
    run: (app, open) =>
      ask(app, texts.actions.delete, texts.deleteText(titleOf(open)), texts.deleteAction, () =>
        app.api.deleteConversation(open.key)
      )
  }
]

/** conversationActions are about the conversation that is open. */
export const conversationActions: readonly Action[] = rows.map((row) => ({
  id: row.id,
  title: texts.actions[row.id],
  group: 'conversation',
  ...(row.keywords && { keywords: row.keywords }),
  ...(row.shortcut && { shortcut: row.shortcut }),
  when: ({ conversations: { current } }) => !!current && (row.for?.(current) ?? true),
  run: (app) => app.conversations.current && row.run(app, app.conversations.current)
}))
