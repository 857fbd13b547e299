import { describe, expect, test } from 'vitest'
import { placeOf, stepped, typedAhead, type MenuItem } from '$lib/ui/menu'

const window = { width: 360, height: 640 }
const size = { width: 200, height: 150 }
const box = (left: number, top: number) => ({ left, top, right: left + 30, bottom: top + 30 })

describe('placeOf', () => {
  test('puts a menu below its button', () => {
    expect(placeOf(box(10, 10), size, window)).toEqual({ left: 10, top: 40 })
  })
  test('turns to where there is room at the lower right corner', () => {
    expect(placeOf(box(320, 600), size, window)).toEqual({ left: 150, top: 450 })
  })
  test('never leaves a window that is too small for it', () => {
    const small = { width: 180, height: 120 }
    expect(placeOf(box(100, 60), size, small)).toEqual({ left: 8, top: 8 })
  })
})

describe('a menu by keyboard', () => {
  const items: MenuItem[] = [
    { label: 'Pin' },
    { label: 'Mute', disabled: true },
    { label: 'Mark as read' },
    { label: 'Leave' }
  ]
  test('arrows go round and pass over what is disabled', () => {
    expect(stepped(items, 0, 1)).toBe(2)
    expect(stepped(items, 3, 1)).toBe(0)
    expect(stepped(items, 0, -1)).toBe(3)
    expect(stepped(items, -1, 1)).toBe(0)
    expect(stepped([{ label: 'x', disabled: true }], 0, 1)).toBe(-1)
  })
  test('letters go to the next line that begins with them', () => {
    expect(typedAhead(items, 0, 'm')).toBe(2)
    expect(typedAhead(items, 2, 'ma')).toBe(2)
    expect(typedAhead(items, 0, 'p')).toBe(0)
    expect(typedAhead(items, 0, 'z')).toBe(-1)
  })
})
