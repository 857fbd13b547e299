const key = 'gossip.palette'
const most = 12

/** recentEntries are the ids of what was chosen last, the newest first. */
export function recentEntries(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}

/** remember puts an id to the front. */
export function remember(id: string): void {
  const others = recentEntries().filter((one) => one !== id)
  localStorage.setItem(key, JSON.stringify([id, ...others].slice(0, most)))
}
