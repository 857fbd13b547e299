// The only module that speaks to the program: every call with a limit in time, every failure an
// ApiError whose message can be shown.
import { callCalls } from './call-calls'
import { conversationCalls } from './conversation-calls'
import { messageCalls } from './message-calls'
import { profileCalls } from './profile-calls'
import { windowCalls } from './window-calls'

export type * from './types'
export { ApiError } from './errors'
export { subscribe } from './events'
export { pictures } from './call-calls'

export const api = {
  ...profileCalls,
  ...conversationCalls,
  ...messageCalls,
  ...callCalls,
  ...windowCalls
}

export type Api = typeof api
