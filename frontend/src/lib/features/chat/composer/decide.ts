import type { Conversation } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'

/** personOf is the user of a direct conversation: the last part of its key. */
export const personOf = (conversation: Conversation) => conversation.key.split('/').at(-1) ?? ''

/** block asks, and then blocks the other person of a direct conversation. */
export function block(app: AppState, conversation: Conversation): void {
  const texts = messages.composer
  app.view.show({
    kind: 'confirm',
    title: texts.blockAsk.title(conversation.name),
    text: texts.blockAsk.text,
    action: texts.request.block,
    run: () => app.api.block(personOf(conversation), true)
  })
}

/** forget asks, and then erases a conversation on this device. */
export function forget(app: AppState, conversation: Conversation): void {
  const texts = messages.composer
  app.view.show({
    kind: 'confirm',
    title: texts.deleteAsk.title(conversation.name),
    text: texts.deleteAsk.text,
    action: texts.request.delete,
    run: async () => {
      await app.api.deleteConversation(conversation.key)
      app.leave()
    }
  })
}
