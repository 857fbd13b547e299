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
  lockDirect: 'End-to-end encrypted between the two of you',
  lockChannel: 'End-to-end encrypted for the members',
  join: 'Join this channel',
  today: 'Today',
  yesterday: 'Yesterday'
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
