/** Keys that the window cannot do without. */
const needed = new Set([
  'Escape',
  'Tab',
  'Enter',
  'NumpadEnter',
  'Backspace',
  'Delete',
  'ContextMenu',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'PageUp',
  'PageDown',
  'Home',
  'End',
  'F6',
  'F11'
])
const modifier = /^(Control|Shift|Alt|Meta|OS)/

/** mayBeTalkKey says that a key, by its code, can be the one that is held to talk. */
export function mayBeTalkKey(code: string): boolean {
  return code !== '' && code !== 'Unidentified' && !needed.has(code) && !/^(Alt|Meta|OS)/.test(code)
}

/** mayHold says that a key is pressed by itself, so that it is not part of another combination. */
export function mayHold(event: KeyboardEvent): boolean {
  const own = modifier.exec(event.code)?.[1]
  return (
    (own === 'Control' || !event.ctrlKey) &&
    (own === 'Shift' || !event.shiftKey) &&
    !event.altKey &&
    !event.metaKey
  )
}

/** Keys that write something, on any layout. */
const writing =
  /^(Space|Key.|Digit.|Numpad\w+|Intl\w+|Bracket\w+|Backquote|Minus|Equal|Backslash|Semicolon|Quote|Comma|Period|Slash)$/

/** writes says that a key, by its code, writes something in a text box, and so cannot be held there. */
export const writes = (code: string): boolean => writing.test(code)

/** What has a use of its own for the space bar: what takes a choice, and what can be pressed. */
const choosing = 'input, select, [role^="menuitem"], [role="option"]'
const pressable = 'button, a[href], summary, [role="tab"], [role="switch"]'
const writable = 'input, textarea, select, [contenteditable]:not([contenteditable="false"])'

/**
 * taken says that a key means something where the focus is: a letter in a text, the space bar on a button. A button that
 * was clicked has the focus without anybody having meant it: there the space bar is free.
 */
export function taken(
  { key, target }: Pick<KeyboardEvent, 'key' | 'target'>,
  code: string,
  clicked: boolean
): boolean {
  const at = target as Partial<Element> | null
  if (!at?.closest) return false
  if (code === 'Space' && at.closest(choosing)) return true
  if (code === 'Space' && !clicked && at.closest(pressable)) return true
  return key.length === 1 && at.closest(writable) !== null
}

/** moves says that a key moves the focus, or chooses with it. */
export const moves = (key: string): boolean => /^(Tab|Arrow|F6|Home|End)/.test(key)

const words: Record<string, string> = {
  Space: 'Space',
  ControlLeft: 'Left Ctrl',
  ControlRight: 'Right Ctrl',
  ShiftLeft: 'Left Shift',
  ShiftRight: 'Right Shift',
  CapsLock: 'Caps Lock',
  Backquote: '`',
  Minus: '-',
  Equal: '=',
  BracketLeft: '[',
  BracketRight: ']',
  Backslash: '\\',
  Semicolon: ';',
  Quote: "'",
  Comma: ',',
  Period: '.',
  Slash: '/'
}

/** talkKeyName is what stands on a key, as far as its code tells. */
export function talkKeyName(code: string): string {
  const known = words[code] ?? /^(?:Key|Digit)(.)$/.exec(code)?.[1]
  return known ?? code.replace(/([a-z])([A-Z0-9])/g, '$1 $2')
}
