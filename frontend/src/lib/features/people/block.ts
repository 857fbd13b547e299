import type { Person } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'

const texts = messages.profile

/** toggleBlock unblocks somebody at once, and blocks them when the person has confirmed it. */
export function toggleBlock(
  app: AppState,
  person: Pick<Person, 'user' | 'name' | 'blocked'>
): void {
  const run = () => app.api.block(person.user, !person.blocked)
  if (person.blocked) return void app.act(run)
  app.view.show({
    kind: 'confirm',
    title: texts.blockTitle(person.name),
    text: texts.blockText(person.name),
    action: texts.block,
    run
  })
}
