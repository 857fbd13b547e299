import type { Edit } from './format'

/** replace changes a part of the box as if it was typed, so that undo takes it back. */
export function replace(box: HTMLTextAreaElement, start: number, end: number, text: string): void {
  box.focus()
  box.setSelectionRange(start, end)
  // The one way in which a page's change joins the box's own undo history; it has no successor.
  if (document.execCommand(text ? 'insertText' : 'delete', false, text)) return
  box.setRangeText(text, start, end, 'end')
  box.dispatchEvent(new InputEvent('input', { bubbles: true }))
}

/** insert puts a text in the place of the selection. */
export function insert(box: HTMLTextAreaElement, text: string): void {
  replace(box, box.selectionStart, box.selectionEnd, text)
}

/** change makes an edit and selects what it says. */
export function change(box: HTMLTextAreaElement, edit: Edit): void {
  replace(box, edit.start, edit.end, edit.text)
  box.setSelectionRange(edit.from, edit.to)
}

/** composing says that a key belongs to an input method; WebKit tells the last one by its code. */
export function composing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229
}

/** focusToEnd puts the caret behind the text. */
export function focusToEnd(box: HTMLTextAreaElement): void {
  box.focus()
  box.setSelectionRange(box.value.length, box.value.length)
}
