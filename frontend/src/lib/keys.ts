/** The modifier that commands take: Command on a Mac, Control elsewhere. */
const mac = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform)

/** What a key is called where its name is not the letter on it. */
const names: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  ' ': 'Space'
}

/** The part of a KeyboardEvent that says which keys are down. */
export type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** pressed says whether the keys are those of a combination such as "Mod+Shift+F". */
export function pressed(combination: string, event: Keys, command = mac): boolean {
  const parts = partsOf(combination)
  const wanted = (parts.pop() ?? '').toLowerCase()
  const mod = parts.includes('Mod')
  const key = event.key.toLowerCase()
  return (
    (key === wanted || (wanted === '=' && key === '+')) &&
    event.ctrlKey === (parts.includes('Ctrl') || (mod && !command)) &&
    event.metaKey === (mod && command) &&
    event.altKey === parts.includes('Alt') &&
    (isSign(wanted) || event.shiftKey === parts.includes('Shift'))
  )
}

/** isSign says that the keyboard's layout decides whether Shift is needed: on a German one "/" is Shift+7. */
function isSign(key: string): boolean {
  return key.length === 1 && !/[a-z]/.test(key)
}

/** spelled is a combination for people: its keys one by one. */
export function spelled(combination: string, command = mac): string[] {
  return partsOf(combination).map((part) =>
    part === 'Mod' ? (command ? '⌘' : 'Ctrl') : (names[part] ?? part)
  )
}

/** ariaKeys is a combination as aria-keyshortcuts wants it. */
export function ariaKeys(combination: string, command = mac): string {
  return combination.replace('Mod', command ? 'Meta' : 'Control').replace('Ctrl', 'Control')
}

/** partsOf is the keys of a combination; a plus at the end is a key itself. */
function partsOf(combination: string): string[] {
  return combination.split(/\+(?=.)/)
}
