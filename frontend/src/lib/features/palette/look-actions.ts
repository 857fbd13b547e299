import type { AppState } from '$lib/state/app.svelte'
import type { Row } from './action'

/** grow makes the text larger by so many percent. */
function grow(by: number) {
  return (app: AppState) => {
    const textSize = Math.min(200, Math.max(80, app.settings.value.textSize + by))
    return app.settings.change({ textSize })
  }
}

const scheme = (colorScheme: 'system' | 'light' | 'dark') => ({
  when: (app: AppState) => app.settings.value.colorScheme !== colorScheme,
  run: (app: AppState) => app.settings.change({ colorScheme })
})
const density = (value: 'comfortable' | 'compact') => ({
  when: (app: AppState) => app.settings.value.density !== value,
  run: (app: AppState) => app.settings.change({ density: value })
})

/** lookActions are about what the window looks like. */
export const lookActions: readonly Row[] = [
  { id: 'larger', shortcut: 'Mod+=', keywords: 'zoom in bigger', run: grow(10) },
  { id: 'smaller', shortcut: 'Mod+-', keywords: 'zoom out', run: grow(-10) },
  {
    id: 'usual',
    shortcut: 'Mod+0',
    keywords: 'zoom reset',
    run: (app) => app.settings.change({ textSize: 100 })
  },
  { id: 'light', keywords: 'mode day bright', ...scheme('light') },
  { id: 'dark', keywords: 'mode night', ...scheme('dark') },
  { id: 'system', keywords: 'mode automatic', ...scheme('system') },
  { id: 'compact', keywords: 'density small', ...density('compact') },
  { id: 'comfortable', keywords: 'density large', ...density('comfortable') }
]
