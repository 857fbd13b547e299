export const chat = {
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
  join: 'Join this channel',
  today: 'Today',
  yesterday: 'Yesterday'
}

const many = (n: number, one: string, more: string) => (n === 1 ? `1 ${one}` : `${n} ${more}`)

/** list is the list of a conversation's messages. */
export const list = {
  unread: 'New',
  newest: 'Jump to the newest message',
  newMessages: (n: number) => many(n, 'new message', 'new messages'),
  gone: 'That message is not here any more.',
  replyMissing: 'A message that is not here',
  replyDeleted: 'A deleted message',
  showReplied: (name: string) => `Show the message of ${name}`,
  editedAt: (when: string) => `Edited ${when}`,
  expires: (left: string) => `Disappears in ${left}`,
  expiresLater: (after: string) => `Disappears ${after} after it was read`,
  expiring: 'Disappears now',
  reactions: 'Reactions',
  reactedBy: (emoji: string, names: string[]) => `${emoji} ${names.length}: ${names.join(', ')}`,
  you: 'You',
  actions: 'Actions for this message',
  react: 'React',
  moreReactions: 'More emoji',
  reply: 'Reply',
  edit: 'Edit',
  copy: 'Copy text',
  copied: 'Copied.',
  profile: (name: string) => `Who is ${name}?`,
  info: 'Message info',
  retry: 'Try again',
  remove: 'Delete for everyone',
  removeTitle: 'Delete this message?',
  removeText: 'It disappears for everyone. Somebody may have read or copied it already.',
  removeOther: (name: string) =>
    `You moderate this channel: the message of ${name} disappears for everyone, who can see that it was deleted.`,
  removeAction: 'Delete'
}

/** markdown is what stands in messages beside their words. */
export const markdown = {
  code: 'Code',
  copy: 'Copy',
  copied: 'Copied',
  done: 'Done',
  open: 'Not done',
  looksLike: (host: string) => `(really ${host})`
}

/** messageInfo is the dialog about one message. */
export const messageInfo = {
  title: 'Message info',
  close: 'Close',
  sent: 'Sent',
  received: 'Received',
  edited: 'Edited',
  encryption: 'Encryption',
  read: (n: number) => `Read by ${n}`,
  delivered: (n: number) => `Delivered to ${n}`,
  waiting: (n: number) => `Not delivered yet to ${n}`,
  tooMany: 'This channel is too large to tell who has it.'
}

/** spans are lengths of time. */
export const spans = {
  seconds: (n: number) => many(n, 'second', 'seconds'),
  minutes: (n: number) => many(n, 'minute', 'minutes'),
  hours: (n: number) => many(n, 'hour', 'hours'),
  days: (n: number) => many(n, 'day', 'days'),
  weeks: (n: number) => many(n, 'week', 'weeks')
}

export const state = {
  queued: 'Waiting to be sent',
  sent: 'Sent: the hub keeps it safe',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent',
  received: '',
  retrying: 'Getting it again'
}
