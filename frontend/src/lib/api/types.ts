// What crosses between the program and the interface: the JSON of package backend. Ids are text
// and opaque here; times are RFC 3339 with milliseconds.

/**
 * Stage says which screen the program can serve: "opening" the profile, "locked" (a passphrase is
 * wanted), "unprotected" (a new profile where there is no keyring: a passphrase is to be chosen), "new" (no
 * identity yet), "ready", "failed".
 */
export type Stage = 'opening' | 'locked' | 'unprotected' | 'new' | 'ready' | 'failed'

/** Me is the person whose profile is open. */
export interface Me {
  user: string
  device: string
  name: string
  fingerprint: string
}

export type HubState = 'connecting' | 'online' | 'offline' | 'stopped'

/** Hub is one joined hub; detail is a sentence for a person when it is not online. */
export interface Hub {
  id: string
  address: string
  name: string
  motd?: string
  /** One's own name there. */
  account?: string
  state: 'connecting' | 'online' | 'offline' | 'stopped'
  detail?: string
  retry_at?: string
}

/** Conversation is a channel or a person to talk with; key names it in every call and event. */
export interface Conversation {
  key: string
  hub: string
  kind: 'channel' | 'direct'
  /** Without '#' or '@'. */
  name: string
  topic?: string
  public?: boolean
  member: boolean
  unread: number
  last_text?: string
  last_at?: string
  role?: string
  /** One sentence for the lock. */
  trust: string
  verified?: boolean
  /** Why nothing can be sent now, and what to do. */
  blocked?: string
  /** In a direct conversation: the other is there. */
  online?: boolean
}

/** Channel is one that the hub lists, joined or not. */
export interface Channel {
  key: string
  name: string
  topic?: string
  public?: boolean
  members: number
  member: boolean
  invited?: boolean
}

export type MessageState =
  'queued' | 'sent' | 'delivered' | 'read' | 'failed' | 'received' | 'retrying'

/** Notice makes a row that nobody wrote: joined, left, a gap, a changed key. */
export interface Notice {
  kind: string
  text: string
}

/** Message is one row of a conversation. */
export interface Message {
  id: string
  conversation: string
  /** The user who wrote it. */
  from?: string
  from_name?: string
  mine?: boolean
  text?: string
  sent_at: string
  /** Orders the rows, compared as text; changes once for a message of one's own. */
  position: string
  edited?: boolean
  deleted?: boolean
  state: MessageState
  /** Why it failed, and what to do. */
  error?: string
  notice?: Notice
}

/** Person is somebody known on a hub. */
export interface Person {
  user: string
  hub?: string
  name: string
  role?: string
  online: boolean
  verified: boolean
  trust: string
  /** The key changed: what to do. */
  warning?: string
  mine?: boolean
}

/** Page is a part of a conversation's history, oldest first. */
export interface Page {
  messages: Message[]
  more: boolean
}

/** Snapshot is everything at one moment; events with a larger seq come after it. */
export interface Snapshot {
  seq: number
  stage: Stage
  /** Why the stage is "failed" or "locked", and what to do. */
  error?: string
  version: string
  me?: Me
  hubs: Hub[]
  conversations: Conversation[]
}

/** Change is one event, by its type. What it carries replaces what was known. */
export type Change = { seq: number; hub?: string; conversation?: string } & (
  | { type: 'message' | 'message_changed' | 'gap'; message: Message }
  | { type: 'message_removed'; message_id: string }
  | { type: 'conversation'; conversation_info: Conversation }
  | { type: 'hub'; hub_info: Hub }
  | { type: 'person'; person: Person }
  | { type: 'typing'; person: Person; typing?: boolean }
  | { type: 'error'; error: { code: string; sentence: string } }
  | { type: 'conversations' | 'ready' | 'stage' }
)
