const schemes = ['http:', 'https:', 'mailto:']

/** safeLink is the whole address of a link that may be opened: to the web or to a mailbox; else undefined. */
export function safeLink(href: string): string | undefined {
  try {
    const url = new URL(href)
    return schemes.includes(url.protocol) && (url.host || url.pathname) ? url.href : undefined
  } catch {
    return undefined
  }
}

/** Shown is how a link stands in a message. */
export interface Shown {
  /** The whole address, where the words of the link do not say it. */
  target: string
  /** The host in ASCII, where its letters may look like others. */
  ascii: string
}

/** shownOf is what a person must see of a link's address beside its words. */
export function shownOf(href: string, words: string): Shown {
  const url = new URL(href)
  const lookalike = url.hostname.split('.').some((label) => label.startsWith('xn--'))
  const said = lookalike ? safeLink(words.includes('://') ? words : `https://${words}`) : undefined
  const same = lookalike ? said === href : bare(words) === bare(href)
  return { target: same ? '' : href, ascii: same && lookalike ? url.hostname : '' }
}

/** bare is an address without what everybody leaves out. */
function bare(address: string): string {
  return safeDecode(address)
    .replace(/^(?:https?:\/\/|mailto:)/, '')
    .replace(/\/$/, '')
}

function safeDecode(address: string): string {
  try {
    return encodeURI(decodeURI(address))
  } catch {
    return address
  }
}
