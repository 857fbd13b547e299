import type { Change, HistoryWindow, Message } from '$lib/api'
import { Pages, type History } from './pages'
import type { Aim, Place, Start } from './places'
import { Readings } from './readings'
import { Stretch } from './stretch.svelte'
import { UnreadLine } from './unread-line.svelte'

/** Timeline is a window on the history of one conversation: pages are read as somebody goes through it. */
export class Timeline {
  readonly conversation: string
  /** Where somebody reads, kept by the view; undefined is the end. */
  place: Place | undefined
  readonly line: UnreadLine
  readonly #pages: Pages
  readonly #start: Start
  readonly #stretch = new Stretch()
  #loaded = $state(false)
  #aim = $state.raw<Aim>({ at: 'end' })
  #epoch = $state(0)
  #opened: Promise<void> = Promise.resolve()
  readonly #readings = new Readings((change) => this.#stretch.take(change))

  constructor(conversation: string, history: History, start: Start = {}) {
    this.conversation = conversation
    this.#pages = new Pages(conversation, history)
    this.#start = start
    this.line = new UnreadLine(start.unread ?? '')
  }

  get rows(): readonly Message[] {
    return this.#stretch.rows
  }
  /** before and after say that there are earlier rows, and later ones. */
  get before(): boolean {
    return this.#stretch.before
  }
  get after(): boolean {
    return this.#stretch.after
  }
  /** loaded is false until the first page is there. */
  get loaded(): boolean {
    return this.#loaded
  }
  /** aim is what the view shows next; each going somewhere is another object. */
  get aim(): Aim {
    return this.#aim
  }
  /** epoch counts how often the window went elsewhere: the rows of two epochs need not join. */
  get epoch(): number {
    return this.#epoch
  }

  /** open reads where the conversation opens. */
  open = (): Promise<void> => (this.#opened = this.begin())

  private async begin(): Promise<void> {
    const { place, unread } = this.#start
    if (place && (await this.goto({ at: 'place', ...place }))) return
    if (unread && (await this.goto({ at: 'unread', message: unread }))) return
    await this.toNewest()
  }

  /** jump goes to a message; it says whether it is there. */
  async jump(message: string): Promise<boolean> {
    await this.#opened.catch(() => undefined)
    if (!this.#stretch.has(message)) return this.goto({ at: 'jump', message })
    this.#aim = { at: 'jump', message }
    return true
  }

  async toNewest(): Promise<void> {
    if (this.#loaded && !this.after) this.#aim = { at: 'end' }
    else await this.read(() => this.#pages.newest(), { at: 'end' })
  }

  toOldest(): Promise<void> {
    return this.read(() => this.#pages.oldest(), { at: 'start' })
  }

  /** refresh reads what is shown anew, since changes may have been missed. */
  async refresh(): Promise<void> {
    if (this.after) return this.reread()
    const newest = () => this.#pages.newest()
    await this.#readings.run(newest, (found) => this.#stretch.renew(found))
    this.#loaded = true
  }

  /** older reads the page before the first row. */
  older(): Promise<void> {
    const first = this.rows[0]
    if (!first || !this.before) return Promise.resolve()
    return this.#readings.page(
      () => this.#pages.before(first.position),
      (page) => this.rows[0]?.id === first.id && this.#stretch.prepend(page)
    )
  }

  /** newer reads the page after the last row. */
  newer(): Promise<void> {
    const last = this.rows.at(-1)
    if (!last || !this.after) return Promise.resolve()
    return this.#readings.page(
      () => this.#pages.after(last.position),
      (page) => this.rows.at(-1)?.id === last.id && this.#stretch.append(page)
    )
  }

  /** trim drops rows at the end that is not looked at. */
  trim(end: 'before' | 'after'): void {
    this.#stretch.trim(end)
  }

  apply(change: Change): void {
    if (change.conversation !== this.conversation) return
    this.#readings.note(change)
    this.line.take(change)
    this.#stretch.take(change)
    // Whoever writes wants to see it.
    if (change.type === 'message' && change.message.state === 'queued') void this.toNewest()
    if (change.type === 'cleared') void this.refresh()
  }

  /** goto reads what is around a message; it says whether the message is there. */
  private async goto(aim: Aim & { message: string }): Promise<boolean> {
    try {
      await this.read(() => this.#pages.around(aim.message), aim)
      return true
    } catch {
      return false
    }
  }

  /** reread renews a window that is not at the end; where its place is gone, the end is shown. */
  private async reread(): Promise<void> {
    const place = this.place ?? { message: this.rows[0]?.id ?? '', offset: 0 }
    if (!(await this.goto({ at: 'place', ...place }))) await this.toNewest()
  }

  private read(load: () => Promise<HistoryWindow>, aim: Aim): Promise<void> {
    return this.#readings.run(load, (found) => this.show(found, aim))
  }

  private show(found: HistoryWindow, aim: Aim): void {
    this.#stretch.replace(found)
    this.#loaded = true
    this.#epoch++
    this.#aim = aim
  }
}
