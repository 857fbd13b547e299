export type Mode = 'system' | 'light' | 'dark'

const key = 'gossip.mode'

/** Appearance is the choice between light and dark, and what it comes to now. */
export class Appearance {
  #choice = $state<Mode>(stored())
  #system = $state(false)

  /** dark is what the window shows. */
  dark = $derived(this.#choice === 'system' ? this.#system : this.#choice === 'dark')

  get choice(): Mode {
    return this.#choice
  }

  set choice(mode: Mode) {
    this.#choice = mode
    localStorage.setItem(key, mode)
    this.show()
  }

  /** follow takes the system's preference now and whenever it changes. */
  follow(query: MediaQueryList): () => void {
    const take = () => {
      this.#system = query.matches
      this.show()
    }
    take()
    query.addEventListener('change', take)
    return () => query.removeEventListener('change', take)
  }

  /** show puts the mode on the document, where the style sheet looks for it. */
  private show(): void {
    document.documentElement.dataset.mode = this.dark ? 'dark' : 'light'
  }
}

function stored(): Mode {
  const mode = globalThis.localStorage?.getItem(key)
  return mode === 'light' || mode === 'dark' ? mode : 'system'
}
