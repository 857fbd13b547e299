export const app = {
  name: 'Gossip',
  opening: 'Opening your profile…',
  failed: 'Gossip could not open this profile',
  skip: 'Skip to writing',
  version: (version: string) => `Version ${version}`
}

export const toasts = { dismiss: 'Dismiss', label: 'Notices' }

export const errors = {
  unknown: 'Something went wrong. Try again; if it goes on, look at the log.',
  timeout: 'This takes too long. Check the connection and try again.'
}

export const connection = {
  connecting: (hub: string) => `Connecting to ${hub}…`,
  offline: (hub: string) => `${hub} cannot be reached. What you write is sent when it is back.`,
  stopped: (hub: string) => `Not connected to ${hub}.`,
  again: 'Connect now',
  tryingAgain: 'Trying again…',
  since: (time: string) => `Away since ${time}.`,
  next: (seconds: number) => `Next try in ${seconds} s.`
}
