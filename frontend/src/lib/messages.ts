// Every text of the interface, in English. Another language is another object of this shape.
export const messages = {
  app: {
    name: 'Gossip',
    opening: 'Opening your profile…',
    failed: 'Gossip could not open this profile',
    version: (version: string) => `Version ${version}`
  },
  onboarding: {
    welcome: 'Talk in private',
    lead: 'What you write is encrypted on this device. A hub carries it and cannot read it.',
    name: 'Your name',
    nameHint: 'Others see it beside your messages.',
    create: 'Continue',
    haveWords: 'I have a recovery phrase',
    noWords: 'I am new here',
    words: 'Recovery phrase',
    wordsHint: 'The 24 words that you wrote down, with spaces between them.',
    restore: 'Restore',
    phraseTitle: 'Write these 24 words down',
    phraseLead:
      'They are the only way back to who you are if you lose this device. Nobody can send them to you again.',
    phraseDone: 'I wrote them down',
    phraseLater: 'Later',
    unlockTitle: 'Unlock your profile',
    passphrase: 'Passphrase',
    newPassphrase: 'Choose a passphrase',
    newPassphraseHint:
      'This computer offers no keyring, so a passphrase protects what is stored here. It cannot be reset.',
    unlock: 'Unlock',
    hubTitle: 'Join a hub',
    hubLead: 'Paste the invite link that you were sent, or type where the hub is.',
    address: 'Invite link or address',
    addressHint: 'For example gossip://… or hub.example.org:1720',
    password: 'Hub password',
    passwordHint: 'Leave it empty if you were not given one.',
    join: 'Join',
    joining: 'Connecting…',
    cancel: 'Cancel',
    noHub: 'No hub yet? On a computer that your friends can reach, run:'
  },
  sidebar: {
    label: 'Conversations',
    channels: 'Channels',
    people: 'People',
    filter: 'Find a conversation',
    nothing: 'Nothing has this name.',
    addHub: 'Join another hub',
    newChannel: 'New or other channels',
    settings: 'Settings',
    unread: (n: number) => (n === 1 ? '1 unread message' : `${n} unread messages`),
    online: 'online',
    offline: 'offline'
  },
  channels: {
    title: 'Channels',
    name: 'Name of a new channel',
    create: 'Create',
    private: 'Private: only people who are invited see it',
    join: 'Join',
    none: 'You are in every channel of this hub.',
    close: 'Close'
  },
  chat: {
    none: 'Choose a conversation',
    noneLead: 'Channels and people are at the left.',
    empty: (name: string) => `This is the beginning of ${name}.`,
    emptyLead: 'What you write here is end-to-end encrypted.',
    older: 'Earlier messages',
    log: (name: string) => `Messages in ${name}`,
    back: 'Back to the conversations',
    people: 'People here',
    composer: (name: string) => `Message ${name}`,
    send: 'Send',
    retry: 'Try again',
    edited: 'edited',
    deleted: 'This message was deleted.',
    repairing: 'Getting this message again…',
    you: 'You',
    typing: (names: string[]) =>
      names.length === 1 ? `${names[0]} is typing…` : `${names.join(', ')} are typing…`,
    lockDirect: 'End-to-end encrypted between the two of you',
    lockChannel: 'End-to-end encrypted for the members',
    join: 'Join this channel',
    today: 'Today',
    yesterday: 'Yesterday'
  },
  state: {
    queued: 'Waiting to be sent',
    sent: 'Sent: the hub keeps it safe',
    delivered: 'Delivered',
    read: 'Read',
    failed: 'Not sent',
    received: '',
    retrying: 'Getting it again'
  },
  people: {
    title: 'People here',
    close: 'Close',
    write: (name: string) => `Write to ${name}`,
    verified: 'verified',
    none: 'Nobody else is here yet.'
  },
  trust: {
    title: (name: string) => `Is this really ${name}?`,
    lead: (name: string) =>
      `Compare this number with the one on ${name}’s screen, side by side or on the phone. If it is the same, nobody stands in between.`,
    verify: 'The numbers are the same',
    unverify: 'Not verified any more',
    accept: 'Accept the change',
    open: 'Be sure who this is',
    close: 'Close'
  },
  connection: {
    connecting: (hub: string) => `Connecting to ${hub}…`,
    offline: (hub: string) => `${hub} cannot be reached. What you write is sent when it is back.`,
    stopped: (hub: string) => `Not connected to ${hub}.`,
    again: 'Connect now',
    tryingAgain: 'Trying again…'
  },
  settings: {
    title: 'Settings',
    appearance: 'Appearance',
    system: 'As the system',
    light: 'Light',
    dark: 'Dark',
    fingerprint: 'Your fingerprint',
    showPhrase: 'Show the recovery phrase',
    close: 'Close'
  },
  toasts: { dismiss: 'Dismiss', label: 'Notices' },
  errors: {
    unknown: 'Something went wrong. Try again; if it goes on, look at the log.',
    timeout: 'This takes too long. Check the connection and try again.'
  }
}
