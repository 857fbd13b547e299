import { tick } from 'svelte'
import type { Conversation, Message } from '$lib/api'
import type { AppState } from '$lib/state/app.svelte'
import type { Aim } from '$lib/state/places'
import type { Timeline } from '$lib/state/timeline.svelte'
import type { Box } from '$lib/ui/menu'
import { actionsOf, showProfile, type Action } from './actions'
import type { Acts } from './acts'
import { boxOf, messageOf, rowOf } from './elements'
import type { Focus } from './focus.svelte'
import { showMessage } from './show'

/** How long a message stands out after a jump, in milliseconds. */
const flashes = 1_800

interface Shown {
  kind: 'menu' | 'reactions'
  message: Message
  at: Box
}

/** Where is the conversation that is shown. */
interface Where {
  conversation: Conversation
  timeline: Timeline
}

/** Over is what stands above the rows: which of them shows its buttons, the menu, the choice of emoji. */
export class Over implements Acts {
  readonly #app: AppState
  readonly #focus: Focus
  readonly #where: () => Where
  #hovered = $state('')
  #shown = $state.raw<Shown | undefined>()
  #flash = $state('')

  constructor(app: AppState, focus: Focus, where: () => Where) {
    this.#app = app
    this.#focus = focus
    this.#where = where
  }

  set hovered(message: string) {
    this.#hovered = message
  }
  get shown(): Shown | undefined {
    return this.#shown
  }
  /** flash is the message that was jumped to. */
  get flash(): string {
    return this.#flash
  }

  /** active tells whether a row shows its buttons: one at a time does. */
  active(message: string): boolean {
    if (this.#shown) return this.#shown.message.id === message
    if (this.#hovered) return this.#hovered === message
    return this.#focus.byKeyboard && this.#focus.message === message
  }

  actions(message: Message): Action[] {
    return actionsOf(this.#app, this.#where().conversation, message, () => this.pickAtRow(message))
  }

  menu(message: Message, at: Box): void {
    this.#shown = { kind: 'menu', message, at }
  }
  pick(message: Message, at: Box): void {
    this.#shown = { kind: 'reactions', message, at }
  }
  reply(message: Message): void {
    this.#app.composer.reply(message)
  }
  react(message: Message, emoji: string, remove: boolean): void {
    const { conversation } = this.#where()
    void this.#app.act(() => this.#app.api.react(conversation.key, message.id, emoji, remove))
  }
  retry(message: Message): void {
    const { conversation } = this.#where()
    void this.#app.act(() => this.#app.api.retry(conversation.key, message.id))
  }
  profile(message: Message): void {
    showProfile(this.#app, this.#where().conversation, message)
  }
  jump(message: string): void {
    void showMessage(this.#app, this.#where().conversation.key, message)
  }

  /** close takes the menu away, and gives the focus back to the row when nothing else took it. */
  async close(refocus = true): Promise<void> {
    const row = this.#shown?.message.id
    this.#shown = undefined
    await tick()
    const lost = !document.activeElement || document.activeElement === document.body
    if (row && refocus && lost) rowOf(row)?.focus({ preventScroll: true })
  }

  /** arrived lets the message that was jumped to stand out for a moment. */
  arrived(aim: Aim): void {
    if (aim.at !== 'jump') return
    this.#flash = aim.message
    setTimeout(() => this.#flash === aim.message && (this.#flash = ''), flashes)
  }

  /** key does what the key of an action says, on the message that the keyboard is at. */
  key(event: KeyboardEvent): void {
    const message = this.#message(messageOf(event.target))
    if (event.key === 'Escape') this.#app.composer.focus()
    else if (!message || !this.#focus.byKeyboard) return
    else if (event.key === 'Enter' || event.key === ' ') this.menu(message, boxOf(message.id))
    else {
      const action = this.actions(message).find((one) => one.keys.includes(keyOf(event)))
      if (!action) return
      action.run()
    }
    event.preventDefault()
  }

  contextMenu(event: MouseEvent): void {
    const message = this.#message(messageOf(event.target))
    const elsewhere = event.target instanceof Element && event.target.closest('a, input, textarea')
    if (!message || message.notice || elsewhere || getSelection()?.toString()) return
    event.preventDefault()
    const { clientX: x, clientY: y } = event
    const at = x || y ? { left: x, top: y, right: x, bottom: y } : boxOf(message.id)
    this.menu(message, at)
  }

  private pickAtRow(message: Message): void {
    this.pick(message, boxOf(message.id))
  }

  #message(id: string): Message | undefined {
    return this.#where().timeline.rows.find((row) => row.id === id)
  }
}

function keyOf(event: KeyboardEvent): string {
  return event.key.length === 1 ? event.key.toLowerCase() : event.key
}
