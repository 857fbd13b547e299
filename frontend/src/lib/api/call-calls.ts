import * as App from '../../../wailsjs/go/main/App'
import { call, network } from './call'
import type { CallDeviceKind, CallDevices, CallInfo, PictureKind } from './call-types'

/** callCalls are about the one call that a device can be in; events of type "call" tell what came of them. */
export const callCalls = {
  callInfo: () => call<CallInfo>(App.CallInfo),
  /** Calls the other of a direct conversation, or begins or joins the call of a channel. */
  startCall: (key: string, video: boolean) => call<void>(() => App.StartCall(key, video), network),
  acceptCall: () => call<void>(App.AcceptCall, network),
  declineCall: () => call<void>(App.DeclineCall),
  hangUp: () => call<void>(App.HangUp),

  setMuted: (on: boolean) => call<void>(() => App.SetMuted(on)),
  setDeafened: (on: boolean) => call<void>(() => App.SetDeafened(on)),
  setCamera: (on: boolean) => call<void>(() => App.SetCamera(on)),
  setScreen: (on: boolean) => call<void>(() => App.SetScreen(on)),
  /** 0 to 2; 1 is as it comes. */
  setVolume: (user: string, volume: number) => call<void>(() => App.SetVolume(user, volume)),

  callDevices: () => call<CallDevices>(App.CallDevices),
  /** Takes another device now and in later calls. */
  setCallDevice: (kind: CallDeviceKind, device: string) =>
    call<void>(() => App.SetCallDevice(kind, device)),
  /** Plays two tones. */
  testSpeaker: () => call<void>(App.TestSpeaker),
  /** Opens a microphone; then changes of type "level" come, until stopListening() or two minutes are over. */
  listenMicrophone: (device: string) => call<void>(() => App.ListenMicrophone(device)),
  stopListening: () => call<void>(App.StopListening)
}

/**
 * pictures is where a device's pictures are streamed from, "" being one's own: for each frame 4 bytes of the VP8
 * frame's length, 1 of whether it is a keyframe, 8 of its time in microseconds, all big-endian, and the VP8 frame. It
 * waits for pictures that are still to come, begins with a keyframe and ends with the source. One's own camera can be seen
 * without a call: it is open as long as its stream is. Where it can't be opened, the answer is a sentence, not ok.
 */
export function pictures(device: string, kind: PictureKind): string {
  return `/media/video/${kind}/${encodeURIComponent(device || 'self')}`
}
