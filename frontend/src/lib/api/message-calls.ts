import * as App from '../../../wailsjs/go/main/App'
import { call, soon } from './call'
import type { HistoryWindow, Message, MessageInfo, Page, SearchResult } from './types'

/** messageCalls are about the messages of a conversation. */
export const messageCalls = {
  /** The rows before a position, "" for the newest. */
  history: (key: string, before: string, limit: number) =>
    call<Page>(() => App.History(key, before, limit)),
  /** The rows after a position. */
  historyAfter: (key: string, after: string, limit: number) =>
    call<Page>(() => App.HistoryAfter(key, after, limit)),
  /** The rows around a message, as many on each side as limit says. */
  historyAround: (key: string, message: string, limit: number) =>
    call<HistoryWindow>(() => App.HistoryAround(key, message, limit)),
  message: (key: string, message: string) => call<Message>(() => App.Message(key, message)),
  messageInfo: (key: string, message: string) =>
    call<MessageInfo>(() => App.MessageInfo(key, message)),

  /** A time of -1 takes the conversation's timer, 0 lets the message stay. */
  send: (key: string, text: string, replyTo = '', expiresIn = -1) =>
    call<string>(() => App.Send(key, text, replyTo, expiresIn)),
  edit: (key: string, message: string, text: string) =>
    call<void>(() => App.Edit(key, message, text)),
  deleteMessage: (key: string, message: string) =>
    call<void>(() => App.DeleteMessage(key, message)),
  react: (key: string, message: string, emoji: string, remove: boolean) =>
    call<void>(() => App.React(key, message, emoji, remove)),
  retry: (key: string, message: string) => call<void>(() => App.Retry(key, message)),
  markRead: (key: string, upTo: string) => call<void>(() => App.MarkRead(key, upTo)),

  search: (question: string, limit: number) =>
    call<SearchResult>(() => App.Search(question, limit), soon)
}
