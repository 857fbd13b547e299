import * as App from '../../../wailsjs/go/main/App'
import { call, network } from './call'
import type { Channel, Person } from './types'

/** conversationCalls are about channels, direct conversations and the people in them. */
export const conversationCalls = {
  people: (hub: string) => call<Person[]>(() => App.People(hub)),
  findUser: (hub: string, name: string) => call<Person>(() => App.FindUser(hub, name), network),
  channels: (hub: string) => call<Channel[]>(() => App.Channels(hub), network),
  members: (key: string) => call<Person[]>(() => App.Members(key)),

  createChannel: (hub: string, name: string, isPublic: boolean) =>
    call<string>(() => App.CreateChannel(hub, name, isPublic), network),
  joinChannel: (key: string) => call<void>(() => App.JoinChannel(key), network),
  leaveChannel: (key: string) => call<void>(() => App.LeaveChannel(key), network),
  invite: (key: string, user: string) => call<void>(() => App.Invite(key, user), network),
  removeMember: (key: string, user: string) =>
    call<void>(() => App.RemoveMember(key, user), network),
  setRole: (key: string, user: string, role: string) =>
    call<void>(() => App.SetRole(key, user, role), network),
  setTopic: (key: string, topic: string) => call<void>(() => App.SetTopic(key, topic), network),
  renameChannel: (key: string, name: string) =>
    call<void>(() => App.RenameChannel(key, name), network),

  openDirect: (hub: string, user: string) => call<string>(() => App.OpenDirect(hub, user)),
  acceptRequest: (key: string) => call<void>(() => App.AcceptRequest(key)),
  /** Erases the history here and takes the conversation off the list. */
  deleteConversation: (key: string) => call<void>(() => App.DeleteConversation(key)),
  block: (user: string, blocked: boolean) => call<void>(() => App.Block(user, blocked)),
  blockedPeople: () => call<Person[]>(App.BlockedPeople),

  /** Seconds without notifications; 0 ends it, -1 is for good. */
  mute: (key: string, seconds: number) => call<void>(() => App.Mute(key, seconds)),
  pin: (key: string, pinned: boolean) => call<void>(() => App.Pin(key, pinned)),
  saveDraft: (key: string, text: string, replyTo: string) =>
    call<void>(() => App.SaveDraft(key, text, replyTo)),
  setTimer: (key: string, seconds: number) => call<void>(() => App.SetTimer(key, seconds)),
  typing: (key: string, active: boolean) => call<void>(() => App.SetTyping(key, active)),

  safetyNumber: (user: string) => call<string>(() => App.SafetyNumber(user)),
  setVerified: (user: string, verified: boolean) =>
    call<void>(() => App.SetVerified(user, verified)),
  acceptKeyChange: (user: string) => call<void>(() => App.AcceptKeyChange(user))
}
