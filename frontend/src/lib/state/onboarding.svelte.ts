import type { Api, LocalHub } from '$lib/api'
import type { Session } from './session.svelte'
import type { Preferences } from './settings.svelte'
import { before, type Step, type Way } from './steps'

type Calls = Pick<Api, 'createIdentity' | 'restoreIdentity' | 'setName' | 'startHub'>

/** Onboarding is the way from an empty profile to the first conversation, a step at a time. */
export class Onboarding {
  #step = $state<Step>('welcome')
  #way = $state<Way>('link')
  #link = $state('')
  #chosen = $state(false)
  /** A screen is shown that a joined hub does not end: the words, or the link of one's own hub. */
  #holding = $state(false)
  #own = $state.raw<LocalHub | undefined>()
  /** The words were shown since the start: whoever chose "Later" is not asked again before the next. */
  #shown = false
  readonly #api: Calls
  readonly #session: Session
  readonly #settings: Preferences

  constructor(api: Calls, session: Session, settings: Preferences) {
    this.#api = api
    this.#session = session
    this.#settings = settings
  }

  get step(): Step {
    return this.#step
  }
  get way(): Way {
    return this.#way
  }
  /** link is the invite link that the app was opened with, "" without one. */
  get link(): string {
    return this.#link
  }
  /** own is the hub that was started here. */
  get own(): LocalHub | undefined {
    return this.#own
  }
  /** done says that the conversations can be shown. */
  get done(): boolean {
    const { stage, hubs } = this.#session
    return stage === 'ready' && hubs.length > 0 && !this.#holding
  }

  /** choose takes the way to a hub and goes on with what is still to be said. */
  choose(way: Way): void {
    this.#way = way
    this.#chosen = true
    this.#step = this.#session.me ? this.afterName() : 'name'
  }

  /** invite prefills the link; somebody who has not begun is taken to the name at once. */
  invite(link: string): void {
    this.#link = link
    if (this.done) return
    this.#way = 'link'
    this.#chosen = true
    if (this.#step === 'welcome' && this.#session.stage === 'new') this.#step = 'name'
  }

  go(step: Step): void {
    this.#step = step
  }

  /** back is the screen before this one. */
  back(): void {
    const { phraseConfirmed } = this.#settings.value
    this.#step = this.#step === 'privacy' && !phraseConfirmed ? 'phrase' : before[this.#step]
  }

  /** name makes the identity, or renames it when somebody came back to change it. */
  async name(name: string): Promise<void> {
    this.#holding = true
    if (!this.#session.me) await this.#api.createIdentity(name)
    else if (this.#session.me.name !== name) await this.#api.setName(name)
    void this.#settings.change({ defaultUsername: name })
    this.#step = 'phrase'
  }

  async restore(words: string, name: string): Promise<void> {
    await this.#api.restoreIdentity(words, name)
    void this.#settings.change({ defaultUsername: name, phraseConfirmed: true })
    this.#step = this.afterPhrase()
  }

  /** confirm notes that the words are written down. */
  confirm(): void {
    void this.#settings.change({ phraseConfirmed: true })
    this.leavePhrase()
  }

  /** leavePhrase goes on without the check; a reminder stays until it was done. */
  leavePhrase(): void {
    this.#shown = true
    this.#step = this.afterPhrase()
    this.#holding = this.#step === 'privacy'
  }

  /** choosePrivacy keeps what was chosen, so that it is asked once. */
  choosePrivacy(sendTyping: boolean, sendReadReceipts: boolean): void {
    void this.#settings.change({ sendTyping, sendReadReceipts, privacyAsked: true })
    this.#step = this.#chosen ? 'hub' : 'welcome'
    this.#holding = false
  }

  /** join joins by a link or an address, and keeps the address for the next time. */
  async join(link: string, password: string): Promise<void> {
    await this.#session.join(link, password)
    this.#link = ''
  }

  async startHub(name: string): Promise<void> {
    this.#holding = true
    try {
      this.#own = await this.#api.startHub(name)
      this.#step = 'share'
    } finally {
      this.#holding = this.#step === 'share'
    }
  }

  /** finish opens the conversations. */
  finish(): void {
    this.#holding = false
  }

  private afterName(): Step {
    return this.#shown || this.#settings.value.phraseConfirmed ? this.afterPhrase() : 'phrase'
  }

  private afterPhrase(): Step {
    if (!this.#settings.value.privacyAsked) return 'privacy'
    return this.#chosen ? 'hub' : 'welcome'
  }
}
