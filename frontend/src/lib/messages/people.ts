export const people = {
  title: 'People here',
  close: 'Close',
  write: (name: string) => `Write to ${name}`,
  verified: 'verified',
  none: 'Nobody else is here yet.',
  owner: 'Owner',
  moderator: 'Moderator',
  member: 'Member',
  find: 'Find somebody',
  findMember: 'Find a member'
}

export const direct = {
  title: 'New message',
  lead: (hub: string) => `Write to anybody on ${hub}.`,
  field: 'Name on the hub',
  find: 'Find by name',
  hint: 'Their name as it stands after the @, for example maria.',
  nothing: 'Nobody you know has this name. Look for it on the hub.',
  nobody: 'You know nobody on this hub yet.',
  known: 'People you know'
}

export const details = {
  channel: 'About this channel',
  direct: 'About this person',
  close: 'Close the details',
  topic: 'Topic',
  noTopic: 'No topic yet.',
  editTopic: 'Change the topic',
  members: (n: number) => (n === 1 ? '1 member' : `${n} members`),
  openMembers: (n: number) => `${n === 1 ? '1 member' : `${n} members`}: show them`,
  invite: 'Invite people',
  timer: 'Disappearing messages',
  timerOff: 'Off',
  mute: 'Notifications',
  on: 'On',
  leave: 'Leave channel',
  memberMenu: (name: string) => `More about ${name}`,
  profile: 'Show profile',
  mention: 'Mention here',
  write: 'Write a message',
  makeMember: 'Make member',
  makeModerator: 'Make moderator',
  makeOwner: 'Make owner',
  remove: 'Remove from the channel',
  removeTitle: (name: string, channel: string) => `Remove ${name} from #${channel}?`,
  removeText: (name: string) =>
    `${name} gets no more messages from this channel, and what was said so far stays with them.`,
  removeAction: 'Remove'
}

export const profile = {
  title: 'Profile',
  close: 'Close',
  message: 'Message',
  verify: 'Verify',
  verified: 'Verified',
  name: 'Name on the hub',
  fingerprint: 'Fingerprint',
  copy: 'Copy',
  copied: 'Copied',
  block: 'Block',
  unblock: 'Unblock',
  blockTitle: (name: string) => `Block ${name}?`,
  blockText: (name: string) =>
    `You see nothing more of ${name}: no direct messages, and nothing that they write in channels. They are not told. You can unblock them at any time.`,
  blocked: 'You have blocked this person. Nothing of theirs is shown.',
  you: 'This is you',
  gone: 'This person is not known here any more.'
}

export const trust = {
  title: (name: string) => `Is this really ${name}?`,
  lead: (name: string) =>
    `Compare this number with the one on ${name}’s screen, side by side or on the phone. If it is the same, nobody stands in between.`,
  number: 'Safety number',
  copy: 'Copy the number',
  copied: 'Copied',
  verify: 'The numbers are the same',
  unverify: 'Not verified any more',
  isVerified: (name: string) => `You have verified ${name}.`,
  changed: 'This may be somebody else',
  changedMore:
    'This happens when somebody sets Gossip up anew, or when somebody else pretends to be them. Nothing is sent until you decide.',
  accept: 'Accept the change',
  acceptHint: 'Do this only when they told you, by another way, that it was them.',
  block: 'Block instead',
  open: 'Be sure who this is',
  close: 'Close'
}

/** lock is the line under a conversation's name. */
export const lock = {
  direct: 'End-to-end encrypted between the two of you',
  channel: 'End-to-end encrypted for the members',
  blocked: 'Nothing is sent until you decide'
}
