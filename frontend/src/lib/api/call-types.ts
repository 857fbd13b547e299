/** CallPhase: "" is no call, "ringing" somebody calls, "calling" somebody is called. */
export type CallPhase = '' | 'ringing' | 'calling' | 'active'

/** CallInfo is what a person sees of the call; each event of type "call" brings it anew. */
export interface CallInfo {
  phase: CallPhase
  /** The conversation's key; absent without a call. */
  conversation?: string
  call?: string
  /** It was begun with pictures. */
  video?: boolean
  incoming?: boolean
  /** The user who began it, and their name. */
  caller?: string
  caller_name?: string
  /** Where it stands, in a few words. */
  state?: string
  /** When somebody was first connected. */
  started?: string
  /** This device's microphone, what is heard here, camera and shared screen. */
  muted?: boolean
  deafened?: boolean
  camera?: boolean
  screen?: boolean
  /** This person speaks. */
  speaking?: boolean
  /** The other devices. */
  participants: Participant[]
  /** A sentence for the lock. */
  encryption?: string
  /** Everybody's identity was verified. */
  verified?: boolean
  /** The hub of the call has a relay; false where some networks cannot be connected. */
  relay?: boolean
  /** A sentence: too many are in. */
  warning?: string
  /** A sentence: what is wrong with this device's sound or picture. */
  trouble?: string
  /** Without a call: why the last one ended, a sentence. */
  ended?: string
  /** Calls in channels that one can join. */
  running?: RunningCall[]
}

/** Participant is another device in the call. */
export interface Participant {
  user: string
  device: string
  name: string
  verified?: boolean
  state: 'connecting' | 'connected' | 'reconnecting'
  muted?: boolean
  deafened?: boolean
  camera?: boolean
  screen?: boolean
  speaking?: boolean
  /** "" while nothing is known. */
  quality: '' | 'good' | 'fair' | 'poor'
  /** The quality in plain words. */
  words: string
  /** 0 to 2; 1 is as it comes. */
  volume: number
  statistics: CallStatistics
}

/** CallStatistics is how the connection with one device does. */
export interface CallStatistics {
  /** Milliseconds. */
  round_trip: number
  jitter: number
  /** Share of the packets that did not come lately, 0 to 1. */
  loss: number
  /** Bits a second. */
  bitrate_in: number
  bitrate_out: number
  packets: number
  packets_lost: number
  frames: number
  keyframes: number
  frames_dropped: number
  concealed: number
  samples: number
  delay: number
  path: '' | 'direct' | 'relay'
  restarts: number
}

/** RunningCall is one in a channel. */
export interface RunningCall {
  conversation: string
  started: string
  users: string[]
  names: string[]
}

export type PictureKind = 'camera' | 'screen'

/** CallDevice is something to choose; the id "" is the system's own choice. */
export interface CallDevice {
  id: string
  name: string
  default?: boolean
}

export type CallDeviceKind = 'microphone' | 'speaker' | 'camera' | 'screen'

/** CallDevices is all that can be chosen now, and what was. */
export interface CallDevices {
  microphones: CallDevice[]
  speakers: CallDevice[]
  cameras: CallDevice[]
  screens: CallDevice[]
  chosen: Record<CallDeviceKind, string>
}
