/** stage is what is said around the stage of a call: who is in, how they are shown, how the connections do. */
export const stage = {
  open: 'Show who is in the call',
  close: 'Make the call small',
  grid: 'Show everybody alike',
  speaker: 'Show who speaks large',
  talk: 'Show the conversation',
  noTalk: 'Hide the conversation',
  whole: 'Full screen',
  notWhole: 'Leave full screen',
  controls: 'Call controls',
  count: (people: number) => (people === 1 ? '1 person' : `${people} people`),
  alone: 'Nobody else is here yet',
  aloneHint: 'The others see in the list that a call runs here, and join when they want.',
  stopped: 'no picture',
  sharing: 'You are sharing your screen.',
  heed: 'Put this warning away',
  stopSharing: 'Stop',
  paths: { direct: 'directly', relay: 'through the hub' },
  noRelay: 'no relay',
  noRelayHint:
    'This hub has no relay. Between some networks no call can be connected; who runs the hub can start it with --turn.',
  stuck:
    'This takes long: this hub has no relay for networks that cannot reach each other directly. Try another network, or ask who runs the hub to start it with --turn.',

  verified: 'Encrypted and verified',
  unverified: 'Encrypted, not verified',
  encrypted: 'Encrypted',
  compare: 'Compare safety numbers',
  isVerified: 'verified',

  options: (name: string) => `Sound and connection of ${name}`,
  screenOptions: (name: string) => `Screen of ${name}`,
  pin: 'Show large',
  unpin: 'Show as small as the others',
  pinHint: 'Double click makes it large or small.',
  volume: 'Volume',
  percent: (share: number) => `${Math.round(share * 100)} %`,

  figures: 'Figures for the curious',
  figure: {
    path: 'Path',
    roundTrip: 'There and back',
    loss: 'Lost lately',
    jitter: 'Unevenness',
    delay: 'Waits to be played',
    in: 'Comes in',
    out: 'Could go out',
    concealed: 'Sound made up',
    frames: 'Pictures, dropped',
    restarts: 'New paths'
  },
  path: { direct: 'direct', relay: 'relay of the hub', '': 'none yet' },
  milliseconds: (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`,
  bits: (value: number) =>
    value >= 1_000_000
      ? `${(value / 1_000_000).toFixed(1)} Mb/s`
      : `${Math.round(value / 1_000)} kb/s`,
  part: (share: number) => `${(share * 100).toFixed(1)} %`,

  over: (place: string) => `The call ${place} is over.`,
  overWith: (name: string) => `with ${name}`,
  overIn: (name: string) => `in #${name}`,
  lasted: (clock: string) => `It took ${clock}.`,
  again: 'Call again',
  rejoin: 'Join again',
  back: 'Call back',
  dismiss: 'Dismiss',
  runs: (people: number) => `call with ${people === 1 ? '1 person' : `${people} people`}`
}
