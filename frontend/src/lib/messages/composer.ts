type Unit = 'week' | 'day' | 'hour' | 'minute' | 'second'

/** composer is what stands around the box in which one writes. */
export const composer = {
  send: 'Send',
  save: 'Save the change',
  emoji: 'Emoji',
  replyingTo: (name: string) => `Answer to ${name}`,
  replyingToSelf: 'Answer to yourself',
  editing: 'Change your message',
  show: 'Show this message',
  cancelReply: 'Do not answer this message',
  cancelEdit: 'Leave the message as it was',
  deletedText: 'This message was deleted.',
  noText: 'A message without text',
  left: (n: number) => (n === 1 ? '1 character left' : `${n.toLocaleString('en')} characters left`),
  tooLong: (n: number) =>
    `Too long for one message. Shorten it by ${n.toLocaleString('en')} characters, or send it in parts.`,
  noFiles: 'Pictures and files come with a later version.',
  noFilesButText: 'Pictures and files come with a later version. The text was kept.',
  suggestions: {
    person: 'People',
    channel: 'Channels',
    emoji: 'Emoji',
    all: 'Everybody in this channel',
    found: (n: number) =>
      n === 1
        ? '1 suggestion. Enter takes it.'
        : `${n} suggestions. Up and down choose, Enter takes one.`
  },
  timer: {
    title: 'Disappearing messages',
    leadChannel: (name: string) =>
      `New messages in #${name} disappear for everybody so long after they were sent or read. Earlier ones stay.`,
    leadDirect: (name: string) =>
      `New messages between you and ${name} disappear on both sides so long after they were sent or read. Earlier ones stay.`,
    off: 'Off',
    stays: 'This message stays',
    asAll: 'As all messages here',
    one: 'This message only',
    all: 'All messages from now on',
    button: 'Disappearing messages: off',
    buttonAll: (time: string) => `Messages disappear after ${time}`,
    buttonOne: (time: string) => `This message disappears after ${time}`,
    buttonStays: 'This message stays',
    time: (count: number, unit: Unit) => `${count} ${unit}${count === 1 ? '' : 's'}`,
    short: (count: number, unit: Unit) =>
      `${count}${{ week: 'w', day: 'd', hour: 'h', minute: 'm', second: 's' }[unit]}`,
    cancel: 'Cancel',
    set: 'Set',
    close: 'Close'
  },
  picker: {
    title: 'Choose an emoji',
    search: 'Find an emoji',
    recent: 'Last used',
    found: 'Found',
    none: 'No emoji fits these words. Try another one.',
    failed: 'The emoji could not be read. Close this and open it again.',
    categories: 'Categories',
    tone: 'Skin tone',
    tones: ['No skin tone', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'],
    groups: {
      smileys: 'Smileys',
      people: 'People',
      nature: 'Animals and nature',
      food: 'Food and drink',
      travel: 'Travel and places',
      activities: 'Activities',
      objects: 'Objects',
      symbols: 'Symbols',
      flags: 'Flags'
    }
  },
  request: {
    title: (name: string) => `${name} wants to write with you.`,
    lead: 'They do not see whether you got or read this until you accept.',
    accept: 'Accept',
    acceptHint: 'You can answer, and they see that you got their messages.',
    block: 'Block',
    blockHint: 'Nothing that they write reaches you any more. They are not told.',
    delete: 'Delete',
    deleteHint: 'Takes this conversation away here. They can write again.'
  },
  closed: {
    personBlocked: (name: string) => `You blocked ${name}. What they write does not reach you.`,
    unblock: 'Unblock',
    left: 'You are not in this channel. Join it to read on and to write.',
    leftPrivate: 'You are not in this channel. Somebody who is in it can invite you.',
    removed: 'You were removed from this channel. Ask somebody who runs it why, or join again.',
    removedPrivate:
      'You were removed from this channel. Somebody who runs it can invite you again.',
    delete: 'Delete it here'
  }
}
