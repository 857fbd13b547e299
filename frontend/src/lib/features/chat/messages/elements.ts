import type { Box } from '$lib/ui/menu'

/** messageOf is the id of the message whose row holds an element. */
export function messageOf(target: EventTarget | null): string {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-message]') : null
  return row?.dataset.message ?? ''
}

/** rowOf is the row of a message, where it is drawn. */
export function rowOf(message: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-message="${CSS.escape(message)}"]`)
}

/** boxOf is where a message's bubble stands in the window. */
export function boxOf(message: string): Box {
  const row = rowOf(message)
  const bubble = row?.querySelector('[data-bubble]') ?? row
  return bubble?.getBoundingClientRect() ?? { left: 0, top: 0, right: 0, bottom: 0 }
}
