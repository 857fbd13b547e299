import type { Attachment } from 'svelte/attachments'

const steps: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1
}

/**
 * roving makes a list one stop of the Tab key: the arrow keys move between the elements inside that
 * have data-rove, and the one that has the focus (or is current) is the stop.
 */
export const roving: Attachment<HTMLElement> = (list) => {
  const stops = () =>
    [...list.querySelectorAll<HTMLElement>('[data-rove]')].filter((one) => one.checkVisibility())

  function mark(stop: HTMLElement | undefined) {
    for (const one of list.querySelectorAll<HTMLElement>('[data-rove]'))
      one.tabIndex = one === stop ? 0 : -1
  }

  /** settle keeps exactly one stop when the list has changed. */
  function settle() {
    const all = stops()
    const focused = all.find((one) => one === document.activeElement)
    mark(
      focused ??
        all.find((one) => one.ariaCurrent) ??
        all.find((one) => one.tabIndex === 0) ??
        all[0]
    )
  }

  function key(event: KeyboardEvent) {
    const step = steps[event.key]
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return
    const all = stops()
    const at = all.findIndex((one) => one === document.activeElement)
    if (at < 0) return
    event.preventDefault()
    all[step(at, all.length)]?.focus()
  }

  function focused(event: FocusEvent) {
    const stop = event.target
    if (stop instanceof HTMLElement && stop.dataset.rove !== undefined) mark(stop)
  }

  const watch = new MutationObserver(settle)
  watch.observe(list, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['aria-current']
  })
  list.addEventListener('keydown', key)
  list.addEventListener('focusin', focused)
  settle()
  return () => {
    watch.disconnect()
    list.removeEventListener('keydown', key)
    list.removeEventListener('focusin', focused)
  }
}
