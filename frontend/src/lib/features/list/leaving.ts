import type { Conversation } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'

const texts = messages.actions

/** askLeave leaves a channel once the person has confirmed it. */
export function askLeave(app: AppState, one: Conversation): void {
  const text = one.public ? texts.leaveText : `${texts.leaveText} ${texts.leavePrivate}`
  app.view.show({
    kind: 'confirm',
    title: texts.leaveTitle(one.name),
    text,
    action: texts.leaveAction,
    run: async () => {
      await app.api.leaveChannel(one.key)
      if (app.conversations.active === one.key) app.leave()
    }
  })
}

/** rejoin joins a public channel that one was in. */
export function rejoin(app: AppState, one: Conversation): void {
  void app.act(() => app.api.joinChannel(one.key))
}

/** askDrop erases a channel that one is not in any more once the person has confirmed it. */
export function askDrop(app: AppState, one: Conversation): void {
  app.view.show({
    kind: 'confirm',
    title: texts.dropTitle(one.name),
    text: texts.dropText,
    action: texts.dropAction,
    run: async () => {
      await app.api.deleteConversation(one.key)
      if (app.conversations.active === one.key) app.leave()
    }
  })
}

/** askClear erases a conversation's history here once the person has confirmed it. */
export function askClear(app: AppState, one: Conversation): void {
  const channel = one.kind === 'channel'
  app.view.show({
    kind: 'confirm',
    title: channel ? texts.clearChannelTitle(one.name) : texts.clearTitle(one.name),
    text: channel ? texts.clearChannelText : texts.clearText,
    action: texts.erase,
    run: async () => {
      await app.api.deleteConversation(one.key)
      if (!channel && app.conversations.active === one.key) app.leave()
    }
  })
}
