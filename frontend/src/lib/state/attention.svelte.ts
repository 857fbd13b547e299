import type { Api, Change, Conversation, Settings } from '$lib/api'

/** What decides how much the person is called. */
export interface Surroundings {
  readonly conversations: { readonly active: string; readonly list: readonly Conversation[] }
  readonly settings: { readonly value: Settings }
  /** What lies over the conversation. */
  readonly call: { readonly covers: boolean }
}

/** waiting is how many messages call for the person: of a muted conversation only those that name them. */
export function waiting(list: readonly Conversation[]): number {
  return list.reduce((sum, one) => {
    if (one.person_blocked) return sum
    return sum + (one.muted ? (one.mentions ?? 0) : one.unread)
  }, 0)
}

/** Attention tells the program what the person looks at and how much waits, and makes the sound. */
export class Attention {
  #focused = $state(false)
  readonly #api: Pick<Api, 'attend' | 'setBadge'>
  readonly #around: Surroundings
  readonly #sound: () => void

  constructor(api: Pick<Api, 'attend' | 'setBadge'>, around: Surroundings, sound: () => void) {
    this.#api = api
    this.#around = around
    this.#sound = sound
  }

  /** badge is the number in the title. */
  get badge(): number {
    return waiting(this.#around.conversations.list)
  }
  /** attended is the conversation that is being looked at, "" when the window or another part is. */
  get attended(): string {
    return this.#focused && !this.#around.call.covers ? this.#around.conversations.active : ''
  }

  /** follow watches the window until the returned function is called. */
  follow(target: Window): () => void {
    const look = () => (this.#focused = target.document.hasFocus())
    const kinds = ['focus', 'blur', 'visibilitychange'] as const
    for (const kind of kinds) target.addEventListener(kind, look)
    look()
    const stop = $effect.root(() => {
      $effect(() => this.send(this.#api.attend(this.attended)))
      $effect(() => this.send(this.#api.setBadge(this.badge)))
    })
    return () => {
      stop()
      for (const kind of kinds) target.removeEventListener(kind, look)
    }
  }

  apply(change: Change): void {
    const { notificationSound, doNotDisturb } = this.#around.settings.value
    if (change.type === 'notified' && notificationSound && !doNotDisturb) this.#sound()
  }

  /** send forgets a failure: the next change says it anew, and nobody waits for it. */
  private send(call: Promise<void>): void {
    call.catch(() => undefined)
  }
}
