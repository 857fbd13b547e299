import * as App from '../../../wailsjs/go/main/App'
import { call, network } from './call'
import type { LocalHub, Settings, Snapshot, Storage } from './types'

/** profileCalls are about one's identity, hubs and settings. */
export const profileCalls = {
  snapshot: () => call<Snapshot>(App.Snapshot),
  unlock: (passphrase: string) => call<void>(() => App.Unlock(passphrase), network),
  createIdentity: (name: string) => call<void>(() => App.CreateIdentity(name)),
  restoreIdentity: (words: string, name: string) =>
    call<void>(() => App.RestoreIdentity(words, name)),
  phrase: () => call<string[]>(App.Phrase),
  setName: (name: string) => call<void>(() => App.SetName(name)),

  joinHub: (address: string, password: string) =>
    call<string>(() => App.JoinHub(address, password), network),
  cancelJoin: () => call<void>(App.CancelJoin),
  leaveHub: (hub: string) => call<void>(() => App.LeaveHub(hub), network),
  reconnect: (hub: string) => call<void>(() => App.Reconnect(hub)),

  localHub: () => call<LocalHub>(App.LocalHub),
  /** Starts a hub on this machine, with its Echo contact, and joins it. */
  startHub: (name: string) => call<LocalHub>(() => App.StartHub(name), network),
  stopHub: () => call<void>(App.StopHub),

  settings: () => call<Settings>(App.Settings),
  /** Gives a sentence when a damaged settings file was put aside, once. */
  settingsNotice: () => call<string>(App.SettingsNotice),
  setSettings: (settings: Settings) => call<void>(() => App.SetSettings(settings as never)),
  storage: () => call<Storage>(App.Storage, network)
}
