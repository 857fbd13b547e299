// What crosses between the program and the interface: the JSON of package backend. Ids are text
// and opaque here; times are RFC 3339 with milliseconds.
import type { CallInfo } from './call-types'
import type { Message } from './message'

export type * from './call-types'
export type * from './message'
export type * from './settings'

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
  /** The link by which others join it. */
  link?: string
  state: HubState
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
  /** How many of the unread messages name this person. */
  mentions?: number
  /** The oldest unread message's id. */
  first_unread?: string
  last_text?: string
  last_at?: string
  /** Who wrote the last message: a name, "" for oneself. */
  last_from?: string
  last_mine?: boolean
  last_state?: string
  /** Seconds after which messages disappear; absent: they stay. */
  timer?: number
  role?: 'member' | 'moderator' | 'owner'
  /** One sentence for the lock. */
  trust: string
  verified?: boolean
  /** Why nothing can be sent now, and what to do. */
  blocked?: string
  /** In a direct conversation: the other is there. */
  online?: boolean
  /** What is written and not sent. */
  draft?: string
  draft_reply_to?: string
  pinned?: boolean
  /** No notifications for now, or until the time of muted_until. */
  muted?: boolean
  muted_until?: string
  /** A stranger has written: to be accepted before they learn anything. */
  request?: boolean
  /** The person was blocked here: nothing of theirs is shown any more. */
  person_blocked?: boolean
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
  fingerprint?: string
  blocked?: boolean
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
  /** open: a notification or a link asks for a conversation, or (link) for a hub to join. */
  | { type: 'open'; link?: string }
  /** notified: a message is worth a sound. */
  | { type: 'notified' }
  | { type: 'call'; call: CallInfo }
  /** devices: ask for the devices for calls again; the sentence says what changes for the person. */
  | { type: 'devices'; sentence?: string }
  /** level: of the microphone that is listened to, 0 to 1; the sentence says why it ended. */
  | { type: 'level'; level: number; sentence?: string }
  | { type: 'conversations' | 'ready' | 'stage' | 'settings' | 'cleared' | 'local_hub' }
)
