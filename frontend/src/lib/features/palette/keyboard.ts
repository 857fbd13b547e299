import { pressed } from '$lib/keys'
import type { AppState } from '$lib/state/app.svelte'
import { actions } from './actions'

/** The dialogs over which another may be opened by its keys; the others want an answer first. */
const passing = new Set(['palette', 'search', 'settings', 'shortcuts'])

/** takeKey runs the action whose keys are pressed, wherever the focus is. */
export function takeKey(app: AppState, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || !app.onboarding.done) return
  const action = actions.find((one) => one.shortcut && pressed(one.shortcut, event))
  if (!action || (action.when && !action.when(app))) return
  if (!action.always && !mayAct(app)) return
  event.preventDefault()
  void action.run(app)
}

/** mayAct says that no dialog stands in the way. */
function mayAct(app: AppState): boolean {
  const dialog = app.view.dialog
  if (dialog) return passing.has(dialog.kind)
  return !document.querySelector('dialog[open]')
}
