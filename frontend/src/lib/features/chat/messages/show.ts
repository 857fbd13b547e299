import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'

/** showMessage goes to a message in its conversation, and says so when it is not there any more. */
export async function showMessage(
  app: Pick<AppState, 'openAt' | 'toasts'>,
  conversation: string,
  message: string
): Promise<void> {
  const found = await app.openAt(conversation, message)
  if (found === false) app.toasts.add('info', messages.list.gone)
}
