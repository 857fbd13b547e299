import type { Row } from './rows'

/**
 * Shift tells whether rows came or went only at the start: then the view keeps its distance from the
 * end.
 */
export class Shift {
  #first = ''
  #last = ''

  next(rows: readonly Row[]): boolean {
    const first = rows[0]?.message.id ?? ''
    const last = rows.at(-1)?.message.id ?? ''
    const shifted = last === this.#last && first !== this.#first
    this.#first = first
    this.#last = last
    return shifted
  }
}
