/** Settings are the person's choices, kept in gossip_settings.json. */
export interface Settings {
  selectedTheme: string
  colorScheme: 'system' | 'light' | 'dark'
  /** Percent. */
  textSize: number
  density: 'comfortable' | 'compact'
  defaultUsername: string
  defaultHost: string
  defaultPort: number
  sendTyping: boolean
  sendReadReceipts: boolean
  /** The person has been asked about typing and receipts. */
  privacyAsked: boolean
  /** The recovery phrase was written down and three of its words were given. */
  phraseConfirmed: boolean
  notifications: boolean
  notificationPreview: boolean
  notificationSound: boolean
  doNotDisturb: boolean
  hideAddress: boolean // calls go only through the relay of the hub
  /** In calls one is heard only while a key is held. */
  pushToTalk: boolean
  /** That key: a KeyboardEvent's code. */
  pushToTalkKey: string
  ringSound: boolean
  /** Sound and picture are not to be checked before a call any more. */
  callChecked: boolean
  /** Enter sends and Shift+Enter makes a line; otherwise Ctrl+Enter sends. */
  enterSends: boolean
  /** Seconds until messages of a new conversation disappear; 0: they stay. */
  defaultTimer: number
}

/** Storage is what the profile takes on the disk. */
export interface Storage {
  folder: string
  bytes: number
  conversations: { key: string; messages: number; bytes: number }[]
}

/** LocalHub is the hub that this app runs on this machine. */
export interface LocalHub {
  running: boolean
  address?: string
  link?: string
  folder?: string
  /** Why it does not run although it should, and what to do. */
  error?: string
}
