import type { Settings } from '$lib/api'
import { firstTheme, themeOf } from '$lib/themes'

/** Look is the part of the settings that says what the window looks like. */
export type Look = Pick<Settings, 'selectedTheme' | 'colorScheme' | 'textSize' | 'density'>

const key = 'gossip.look'

/** The look of a new profile. */
export const firstLook: Look = {
  selectedTheme: firstTheme,
  colorScheme: 'system',
  textSize: 100,
  density: 'comfortable'
}

/** Appearance puts the look on the document, where the style sheets find it. */
export class Appearance {
  #look = $state.raw<Look>(stored())
  #system = $state(false)

  /** dark is what the window shows. */
  dark = $derived(
    this.#look.colorScheme === 'system' ? this.#system : this.#look.colorScheme === 'dark'
  )

  get look(): Look {
    return this.#look
  }

  /** follow takes the system's preference now and whenever it changes. */
  follow(query: MediaQueryList): () => void {
    const take = () => {
      this.#system = query.matches
      void this.show()
    }
    take()
    query.addEventListener('change', take)
    return () => query.removeEventListener('change', take)
  }

  /** wear shows a look, and keeps it for the next start, which then begins with it at once. */
  wear({ selectedTheme, colorScheme, textSize, density }: Look): void {
    this.#look = { selectedTheme, colorScheme, textSize, density }
    localStorage.setItem(key, JSON.stringify(this.#look))
    void this.show()
  }

  private async show(): Promise<void> {
    const root = document.documentElement
    root.dataset.mode = this.dark ? 'dark' : 'light'
    root.dataset.density = this.#look.density
    root.style.fontSize = `${this.#look.textSize}%`
    const theme = themeOf(this.#look.selectedTheme)
    await theme.load()
    if (theme.id === themeOf(this.#look.selectedTheme).id) root.dataset.theme = theme.id
  }
}

/** dress brings the theme of the last time before anything is drawn, so that no other one flashes up. */
export async function dress(): Promise<void> {
  const theme = themeOf(stored().selectedTheme)
  await theme.load()
  document.documentElement.dataset.theme = theme.id
}

function stored(): Look {
  try {
    return { ...firstLook, ...JSON.parse(globalThis.localStorage?.getItem(key) ?? '{}') }
  } catch {
    return firstLook
  }
}
