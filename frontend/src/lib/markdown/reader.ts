import type { Names } from './mention'

/** Reader is what a message's text needs of the place where it stands. */
export interface Reader {
  names: Names
  /** Opens the address of a link that was clicked. */
  onlink: (href: string) => void
  /** Puts code on the clipboard. */
  oncopy: (code: string) => Promise<unknown>
  texts: {
    code: string
    copy: string
    copied: string
    done: string
    open: string
    /** Says that the letters of an address are no ASCII: what it is in ASCII. */
    looksLike: (host: string) => string
  }
}
