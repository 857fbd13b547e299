export const sidebar = {
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
}

export const channels = {
  title: 'Channels',
  name: 'Name of a new channel',
  create: 'Create',
  private: 'Private: only people who are invited see it',
  join: 'Join',
  none: 'You are in every channel of this hub.',
  close: 'Close'
}
