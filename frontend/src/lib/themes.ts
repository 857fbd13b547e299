/** Theme is one palette of the app: its id is Skeleton's name for it, as selectedTheme keeps it. */
export interface Theme {
  id: string
  name: string
  /** Brings its style sheet, one file each, so that only those that are looked at are read. */
  load: () => Promise<unknown>
}

/** The theme of a new profile; its style sheet is a part of app.css. */
export const firstTheme = 'wintry'

/** themes are those that can be chosen, in the order in which they are shown. */
export const themes: readonly Theme[] = [
  { id: firstTheme, name: 'Wintry', load: () => Promise.resolve() },
  {
    id: 'cerberus',
    name: 'Cerberus',
    load: () => import('@skeletonlabs/skeleton/themes/cerberus')
  },
  {
    id: 'catppuccin',
    name: 'Catppuccin',
    load: () => import('@skeletonlabs/skeleton/themes/catppuccin')
  },
  { id: 'concord', name: 'Concord', load: () => import('@skeletonlabs/skeleton/themes/concord') },
  { id: 'dracula', name: 'Dracula', load: () => import('@skeletonlabs/skeleton/themes/dracula') },
  { id: 'fennec', name: 'Fennec', load: () => import('@skeletonlabs/skeleton/themes/fennec') },
  { id: 'modern', name: 'Modern', load: () => import('@skeletonlabs/skeleton/themes/modern') },
  { id: 'mona', name: 'Mona', load: () => import('@skeletonlabs/skeleton/themes/mona') },
  { id: 'pine', name: 'Pine', load: () => import('@skeletonlabs/skeleton/themes/pine') },
  {
    id: 'rosepine',
    name: 'Rosé Pine',
    load: () => import('@skeletonlabs/skeleton/themes/rosepine')
  },
  { id: 'seafoam', name: 'Seafoam', load: () => import('@skeletonlabs/skeleton/themes/seafoam') },
  { id: 'vintage', name: 'Vintage', load: () => import('@skeletonlabs/skeleton/themes/vintage') }
]

/** themeOf is the theme of that id, or the first one where the settings name none that is here. */
export function themeOf(id: string): Theme {
  return themes.find((theme) => theme.id === id) ?? (themes[0] as Theme)
}
