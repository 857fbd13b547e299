import type { Component } from 'svelte'

/** MenuItem is one line of a Menu: it does something, or has a second level. */
export interface MenuItem {
  label: string
  icon?: Component
  run?: () => void
  /** A second level, which is shown in the place of the first. */
  items?: MenuItem[]
  /** A choice that is on or off. */
  checked?: boolean
  /** It cannot be taken back. */
  danger?: boolean
  disabled?: boolean
  /** The keys that do the same. */
  hint?: string
  /** A line above sets it apart. */
  separated?: boolean
}

/** Box is a rectangle in the window, in CSS pixels. */
export interface Box {
  left: number
  top: number
  right: number
  bottom: number
}

const margin = 8

/**
 * placeOf puts a menu of a size below a box, at its left edge, or where the window has more room:
 * above, or at the right edge. It never leaves the window.
 */
export function placeOf(
  anchor: Box,
  size: { width: number; height: number },
  window: { width: number; height: number }
): { left: number; top: number } {
  const below = window.height - anchor.bottom - margin
  const above = anchor.top - margin
  const down = size.height <= below || below >= above
  const top = down ? anchor.bottom : anchor.top - size.height
  const left =
    anchor.left + size.width <= window.width - margin ? anchor.left : anchor.right - size.width
  return {
    left: within(left, window.width - size.width - margin),
    top: within(top, window.height - size.height - margin)
  }
}

function within(value: number, most: number): number {
  return Math.max(margin, Math.min(value, most))
}

/** typedAhead is the next item after the given one whose label begins with what was typed; -1: none. */
export function typedAhead(items: readonly MenuItem[], from: number, typed: string): number {
  const wanted = typed.toLocaleLowerCase()
  for (let step = 0; step < items.length; step++) {
    const at = (from + step + (typed.length === 1 ? 1 : 0)) % items.length
    const item = items[at]
    if (!item?.disabled && item?.label.toLocaleLowerCase().startsWith(wanted)) return at
  }
  return -1
}

/** stepped is the next item in a direction that can be chosen, round the ends; -1: none. */
export function stepped(items: readonly MenuItem[], from: number, step: 1 | -1): number {
  for (let n = 1; n <= items.length; n++) {
    const at = (from + step * n + items.length * n) % items.length
    if (!items[at]?.disabled) return at
  }
  return -1
}
