const focusable = 'button, a[href], input, textarea, select, [tabindex]:not([tabindex="-1"])'

/** cyclePanes moves the focus to the next visible part of the window: the list, the conversation, the details. */
export function cyclePanes(step: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((one) =>
    one.checkVisibility()
  )
  if (panes.length === 0) return
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const next = panes[(at + step + panes.length) % panes.length]
  entrance(next)?.focus()
}

/** entrance is what takes the focus in a pane. */
function entrance(pane: HTMLElement | undefined): HTMLElement | null | undefined {
  const composer = pane?.querySelector<HTMLElement>('#composer')
  if (composer) return composer
  return (
    pane?.querySelector<HTMLElement>('[data-pane-focus]') ??
    [...(pane?.querySelectorAll<HTMLElement>(focusable) ?? [])].find((one) => one.checkVisibility())
  )
}

/** focusComposer puts the caret where one writes. */
export function focusComposer(): void {
  document.getElementById('composer')?.focus()
}
