import { describe, expect, test } from 'vitest'
import { cornerOf, focusOf, gridOf, highest, type Box } from '$lib/features/call/layout'

const sizes = [
  { width: 792, height: 560 },
  { width: 1400, height: 700 },
  { width: 344, height: 420 },
  { width: 440, height: 900 }
]
const over = (a: Box, b: Box) =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height

/** apart expects that no tile lies over another or leaves the stage at a side. */
function apart(boxes: Box[], width: number) {
  boxes.forEach((one, n) => {
    expect(one.left).toBeGreaterThanOrEqual(-0.01)
    expect(one.left + one.width).toBeLessThanOrEqual(width + 0.01)
    for (const other of boxes.slice(n + 1)) expect(over(one, other)).toBe(false)
  })
}

describe('the grid', () => {
  test.each(sizes)('fits eight and fewer into $width x $height', (size) => {
    for (let count = 2; count <= 8; count++) {
      const boxes = gridOf(count, size)
      expect(boxes).toHaveLength(count)
      apart(boxes, size.width)
      expect(highest(boxes)).toBeLessThanOrEqual(size.height + 0.01)
      for (const one of boxes) expect(one.width / one.height).toBeCloseTo(16 / 9)
    }
  })

  test('uses the room that there is', () => {
    const wide = gridOf(2, { width: 1000, height: 300 })
    expect(wide[0]?.top).toBe(wide[1]?.top)
    const high = gridOf(2, { width: 300, height: 1000 })
    expect(high[0]?.left).toBe(high[1]?.left)
    expect(gridOf(1, { width: 300, height: 100 })).toEqual([
      { left: 0, top: 0, width: 300, height: 100 }
    ])
  })

  test('has the last row in the middle', () => {
    const boxes = gridOf(3, { width: 800, height: 460 })
    const last = boxes[2]
    expect((last?.left ?? 0) + (last?.width ?? 0) / 2).toBeCloseTo(400)
  })

  test('scrolls rather than show what nobody can see', () => {
    const boxes = gridOf(12, { width: 344, height: 120 })
    apart(boxes, 344)
    expect(boxes[0]?.width).toBeGreaterThanOrEqual(104)
    expect(highest(boxes)).toBeGreaterThan(120)
  })
})

describe('one large tile', () => {
  test.each(sizes)('leaves room for the others in $width x $height', (size) => {
    for (let others = 0; others <= 7; others++) {
      const { large, rest } = focusOf(others, size)
      expect(rest).toHaveLength(others)
      apart([large, ...rest], size.width)
      expect(highest([large, ...rest])).toBeLessThanOrEqual(size.height + 0.01)
      if (others) expect(large.width * large.height).toBeGreaterThan(0.6 * size.width * size.height)
    }
  })
})

test('the corner lies within the stage', () => {
  for (const size of sizes) {
    const { left, top, width, height } = cornerOf(size)
    expect(left).toBeGreaterThan(size.width / 2)
    expect(top + height).toBeLessThan(size.height)
    expect(width * height).toBeLessThan((size.width * size.height) / 8)
  }
})
