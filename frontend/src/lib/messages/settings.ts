import { shortcuts } from './shortcuts'

/** settings is the dialog of that name, a group of texts for each page. */
export const settings = {
  title: 'Settings',
  close: 'Close',
  back: 'All settings',
  pages: {
    profile: 'Profile',
    appearance: 'Appearance',
    notifications: 'Notifications',
    privacy: 'Privacy',
    calls: 'Calls',
    hubs: 'Hubs',
    storage: 'Storage',
    shortcuts: 'Keyboard',
    about: 'About'
  },
  profile: {
    name: 'Your name',
    nameHint: 'Others see it beside your messages.',
    save: 'Save',
    saved: 'Your name is changed.',
    picture: 'Your picture is made from your key, so it is the same for everyone.',
    fingerprint: 'Your fingerprint',
    fingerprintHint: 'The short form of your key. It never changes.',
    copy: 'Copy',
    copied: 'Copied',
    phrase: 'Recovery phrase',
    phraseHint: 'The 24 words that bring you back if you lose this device.',
    unconfirmed: 'You have not confirmed yet that you wrote them down.',
    showPhrase: 'Show the recovery phrase',
    hidePhrase: 'Hide it',
    checkPhrase: 'Write it down and check it'
  },
  appearance: {
    theme: 'Theme',
    scheme: 'Light or dark',
    system: 'As the system',
    light: 'Light',
    dark: 'Dark',
    textSize: 'Text size',
    percent: (n: number) => `${n} %`,
    reset: 'Back to 100 %',
    density: 'Conversation list',
    comfortable: 'Comfortable',
    compact: 'Compact'
  },
  notifications: {
    on: 'Show notifications',
    onHint: 'For messages in conversations that you are not looking at.',
    preview: 'Show who writes and what',
    previewHint: 'Without it a notification only says that there is a new message.',
    sound: 'Play a sound',
    quiet: 'Do not disturb',
    quietHint: 'No notification and no sound, until you turn it off.',
    test: 'Try it',
    tested: 'A notification was sent. If you saw none, look at the settings of your system.'
  },
  privacy: {
    typing: 'Tell others when I am typing',
    typingHint: 'Without it you do not see when they are typing.',
    receipts: 'Tell others when I have read their messages',
    receiptsHint: 'Without it you do not see when they have read yours.',
    timer: 'Messages of new conversations disappear',
    timerHint: 'For conversations that you start from now on. You can change it in each.',
    blocked: 'Blocked people',
    nobody: 'You have blocked nobody.',
    unblock: 'Unblock',
    unblockLabel: (name: string) => `Unblock ${name}`
  },
  timers: {
    0: 'Never',
    30: 'After 30 seconds',
    300: 'After 5 minutes',
    3600: 'After 1 hour',
    28800: 'After 8 hours',
    86400: 'After 1 day',
    604800: 'After 1 week',
    2419200: 'After 4 weeks'
  } as Record<number, string>,
  hubs: {
    state: {
      connecting: 'Connecting…',
      online: 'Connected',
      offline: 'Not reachable',
      stopped: 'Not connected'
    },
    copyLink: 'Copy invite link',
    copied: 'Copied',
    reconnect: 'Connect now',
    leave: 'Leave',
    leaveQuestion: (hub: string) =>
      `Leave ${hub}? Its conversations are taken off this device. To come back you need its address or a link.`,
    cancel: 'Stay',
    add: 'Join another hub',
    own: 'A hub on this computer',
    ownHint:
      'It runs while Gossip is open. Friends reach it when this computer is on, and only with its link.',
    ownName: 'Name of the hub',
    running: (address: string) => `Running at ${address}`,
    start: 'Start it',
    starting: 'Starting…',
    stop: 'Stop it',
    none: 'You have joined no hub yet.'
  },
  storage: {
    total: (size: string) => `${size} on this device`,
    folder: 'Everything is kept here, encrypted:',
    copy: 'Copy',
    copied: 'Copied',
    conversations: 'By conversation',
    messages: (n: number) => (n === 1 ? '1 message' : `${n.toLocaleString()} messages`),
    delete: 'Delete history',
    deleteLabel: (name: string) => `Delete history of ${name}`,
    question: (name: string) =>
      `Delete the history of ${name} from this device? Others keep theirs. This cannot be undone.`,
    cancel: 'Keep it',
    none: 'Nothing is stored yet.',
    measuring: 'Measuring…'
  },
  shortcuts,
  about: {
    lead: 'Talk in private. Hubs carry your messages and cannot read them.',
    licence: 'Gossip is free software under the MIT licence.',
    parts: 'Made with',
    partsLead: (n: number) =>
      `Gossip stands on the work of ${n} free projects. These are their licences.`,
    missing: 'The list of licences belongs to a built app and is not here.',
    loading: 'Reading the list…'
  }
}
