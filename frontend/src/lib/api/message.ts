export type MessageState =
  'queued' | 'sent' | 'delivered' | 'read' | 'failed' | 'received' | 'retrying'

/** Notice makes a row that nobody wrote: joined, left, a gap, a changed key. */
export interface Notice {
  kind: string
  text: string
  subject?: string
  count?: number
}

/** Reaction is one emoji under a message and the users who chose it. */
export interface Reaction {
  emoji: string
  users: string[]
  names?: string[]
  mine?: boolean
}

/** Quote is what an answer shows of the message that it answers. */
export interface Quote {
  id: string
  from_name?: string
  text?: string
  deleted?: boolean
  /** It is not here: expired, or from before one joined. */
  missing?: boolean
}

/** Message is one row of a conversation. */
export interface Message {
  id: string
  conversation: string
  /** The user who wrote it. */
  from?: string
  from_name?: string
  mine?: boolean
  /** Markdown. */
  text?: string
  sent_at: string
  received_at?: string
  /** Orders the rows, compared as text; changes once for a message of one's own. */
  position: string
  reply_to?: string
  reply?: Quote
  edited?: boolean
  edited_at?: string
  deleted?: boolean
  /** Seconds; the clock runs once expires_at is set. */
  expires_in?: number
  expires_at?: string
  state: MessageState
  /** Why it failed, and what to do. */
  error?: string
  reactions?: Reaction[]
  /** It names this person. */
  mention?: boolean
  notice?: Notice
}

/** Page is a part of a conversation's history, oldest first. */
export interface Page {
  messages: Message[]
  /** There are more in the direction that was asked for. */
  more: boolean
}

/** Window is the part of a history around one message. */
export interface HistoryWindow {
  messages: Message[]
  before: boolean
  after: boolean
}

/** Recipient is somebody who gets a message, and how far it has come there. */
export interface Recipient {
  user: string
  name: string
  /** "sent" (no word yet), "delivered" or "read". */
  state: 'sent' | 'delivered' | 'read'
  at?: string
}

/** MessageInfo is what can be told of one message. */
export interface MessageInfo {
  sent_at: string
  received_at?: string
  /** One sentence: how it was encrypted. */
  encryption: string
  /** Of one's own messages; empty where the channel is too large for receipts. */
  recipients?: Recipient[]
}

/** Hit is a message that a search has found, with where in its text: start and end in UTF-16 units. */
export interface Hit {
  message: Message
  ranges: [number, number][]
}

/** SearchResult is at most the wanted number of hits, the newest first. */
export interface SearchResult {
  hits: Hit[]
  more: boolean
  /** What of the question was not understood, as a sentence. */
  hint?: string
}
