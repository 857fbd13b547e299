// The only module that speaks to the program: every call with a limit in time, every failure an
// ApiError whose message can be shown.
import * as App from '../../../wailsjs/go/main/App'
import { call, network } from './call'
import type { Channel, Page, Person, Snapshot } from './types'

export type * from './types'
export { ApiError } from './errors'
export { subscribe } from './events'

export const api = {
  snapshot: () => call<Snapshot>(App.Snapshot),
  unlock: (passphrase: string) => call<void>(() => App.Unlock(passphrase), network),
  createIdentity: (name: string) => call<void>(() => App.CreateIdentity(name)),
  restoreIdentity: (words: string, name: string) =>
    call<void>(() => App.RestoreIdentity(words, name)),
  phrase: () => call<string[]>(App.Phrase),

  joinHub: (address: string, password: string) =>
    call<string>(() => App.JoinHub(address, password), network),
  cancelJoin: () => call<void>(App.CancelJoin),
  reconnect: (hub: string) => call<void>(() => App.Reconnect(hub)),
  people: (hub: string) => call<Person[]>(() => App.People(hub)),
  channels: (hub: string) => call<Channel[]>(() => App.Channels(hub), network),

  createChannel: (hub: string, name: string, isPublic: boolean) =>
    call<string>(() => App.CreateChannel(hub, name, isPublic), network),
  joinChannel: (key: string) => call<void>(() => App.JoinChannel(key), network),
  openDirect: (hub: string, user: string) => call<string>(() => App.OpenDirect(hub, user)),
  members: (key: string) => call<Person[]>(() => App.Members(key)),

  safetyNumber: (user: string) => call<string>(() => App.SafetyNumber(user)),
  setVerified: (user: string, verified: boolean) =>
    call<void>(() => App.SetVerified(user, verified)),
  acceptKeyChange: (user: string) => call<void>(() => App.AcceptKeyChange(user)),

  history: (key: string, before: string, limit: number) =>
    call<Page>(() => App.History(key, before, limit)),
  send: (key: string, text: string) => call<string>(() => App.Send(key, text)),
  retry: (key: string, message: string) => call<void>(() => App.Retry(key, message)),
  markRead: (key: string, upTo: string) => call<void>(() => App.MarkRead(key, upTo)),
  typing: (key: string, active: boolean) => call<void>(() => App.SetTyping(key, active))
}

export type Api = typeof api
