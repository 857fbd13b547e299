import { tick } from 'svelte'
import type { AppState } from '$lib/state/app.svelte'
import type { Field } from '$lib/state/field'
import { focusToEnd, insert } from './field'

/** fieldOf is the box for those who put something into it. */
export function fieldOf(box: HTMLTextAreaElement): Field {
  return {
    // What is to be seen there stands in the box only after the screen has followed.
    focus: () => void tick().then(() => focusToEnd(box)),
    insert: (text) => insert(box, text)
  }
}

/** focused puts the caret into the box of a conversation that was just opened, with a mouse. */
export function focused(box: HTMLTextAreaElement): void {
  const elsewhere = document.activeElement?.matches('input, textarea')
  if (!elsewhere && matchMedia('(pointer: fine)').matches) focusToEnd(box)
}

/** isForBox says that a key is typed while nothing that takes text or keys of its own has the focus. */
export function isForBox(event: KeyboardEvent): boolean {
  const printable = event.key.length === 1 && event.key !== ' '
  if (!printable || event.ctrlKey || event.altKey || event.metaKey) return false
  if (event.defaultPrevented || document.querySelector('dialog[open], :popover-open')) return false
  return !document.activeElement?.closest('input, textarea, select, button, a')
}

/** grown makes the box as high as its text where the style sheet's field-sizing does not. */
export const grown = (text: string) => (box: HTMLTextAreaElement) => {
  if (CSS.supports('field-sizing', 'content')) return
  box.style.height = text ? 'auto' : ''
  if (text) box.style.height = `${box.scrollHeight}px`
}

/** editLast puts one's own last message into the box; false: it cannot be changed, or there is none. */
export function editLast(app: AppState): boolean {
  const rows = app.timeline?.rows ?? []
  const last = rows.findLast((row) => row.mine && !row.notice && !row.deleted)
  if (!last?.text || last.state === 'failed') return false
  app.composer.edit(last)
  return true
}
