import { describe, expect, test } from 'vitest'
import { ariaKeys, pressed, spelled, type Keys } from '$lib/keys'

/** down is an event with the named modifiers held. */
function down(key: string, ...held: ('ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey')[]): Keys {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
  return { key, ...none, ...Object.fromEntries(held.map((one) => [one, true])) }
}

describe('pressed', () => {
  test('takes Control or, on a Mac, Command for Mod', () => {
    expect(pressed('Mod+K', down('k', 'ctrlKey'), false)).toBe(true)
    expect(pressed('Mod+K', down('k', 'metaKey'), false)).toBe(false)
    expect(pressed('Mod+K', down('k', 'metaKey'), true)).toBe(true)
    expect(pressed('Mod+K', down('k', 'ctrlKey'), true)).toBe(false)
  })

  test('wants every modifier and no other', () => {
    expect(pressed('Mod+F', down('F', 'ctrlKey', 'shiftKey'), false)).toBe(false)
    expect(pressed('Mod+Shift+F', down('F', 'ctrlKey', 'shiftKey'), false)).toBe(true)
    expect(pressed('Mod+Shift+F', down('f', 'ctrlKey'), false)).toBe(false)
    expect(pressed('Alt+ArrowDown', down('ArrowDown', 'altKey'), false)).toBe(true)
    expect(pressed('Alt+ArrowDown', down('ArrowDown', 'altKey', 'shiftKey'), false)).toBe(false)
    expect(pressed('K', down('k', 'ctrlKey'), false)).toBe(false)
  })

  test('knows keys that are punctuation', () => {
    expect(pressed('Mod+-', down('-', 'ctrlKey'), false)).toBe(true)
    expect(pressed('Mod+,', down(',', 'ctrlKey'), false)).toBe(true)
    expect(pressed('+', down('+'), false)).toBe(true)
    expect(pressed('Mod+/', down('/', 'ctrlKey', 'shiftKey'), false)).toBe(true)
    expect(pressed('Mod+=', down('+', 'ctrlKey', 'shiftKey'), false)).toBe(true)
    expect(pressed('Mod+=', down('+'), false)).toBe(false)
  })
})

test('a combination is spelled key by key', () => {
  expect(spelled('Mod+Shift+F', false)).toEqual(['Ctrl', 'Shift', 'F'])
  expect(spelled('Mod+ArrowUp', true)).toEqual(['⌘', '↑'])
  expect(spelled('+')).toEqual(['+'])
  expect(ariaKeys('Mod+Shift+F', false)).toBe('Control+Shift+F')
})
