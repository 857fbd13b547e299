import { talkKeyName, writes } from '../talk-key'

/** devices is what is said of microphone, speaker and camera, and of the settings for calls. */
export const devices = {
  menu: 'Devices',
  ways: 'Ways to call',
  kinds: { microphone: 'Microphone', speaker: 'Speaker', camera: 'Camera', screen: 'Screen' },
  usual: 'As the system has it',
  none: 'None was found',
  usualNow: (name: string) => `As the system has it (${name})`,
  settings: 'Settings of calls',

  check: 'Check sound and picture',
  close: 'Close',
  first: 'Before your first call: is all that you need working?',
  level: 'How loud your microphone is',
  say: 'Say something. The bar moves when you are heard.',
  heard: 'Your microphone works.',
  silence:
    'Nothing is heard. Choose another microphone, or see whether this one is muted or too low in your system.',
  noMicrophone:
    'No microphone was found. Plug one in, or call without one: you hear the others, they do not hear you.',
  play: 'Play a sound',
  played: 'You should have heard two tones. If not, choose another speaker or turn it up.',
  noSpeaker: 'No speaker was found. Plug in headphones or a speaker to hear the others.',
  picture: 'Your own picture, as in a mirror',
  showPicture: 'Show my picture',
  hidePicture: 'Turn the camera off',
  starting: 'The camera is being started…',
  again: 'Try again',
  noCamera: 'No camera was found. Plug one in, or call without one.',
  noPicture: 'The camera gives no picture. Is another program using it? Close that and try again.',
  noDecoder:
    'This system cannot show pictures of calls. Others see you all the same: update WebKit to see them, too.',
  looking: 'Looking for microphones, speakers and cameras…',
  callNow: 'Call now',
  callVideoNow: 'Call with video now',
  never: 'Do not show this before calls again',
  done: 'Done',

  hold: 'Hold to talk',
  holdHint: (code: string) => `Keep ${talkKeyName(code)} or the mouse button down while you speak.`,
  heardNow: 'You are heard',

  page: {
    sound: 'Sound and picture',
    voice: 'Your voice',
    calls: 'Ringing and privacy',
    cleaned: 'Echo and noise are taken out of your microphone, and its loudness is evened out.',
    talk: 'Push to talk',
    talkHint: 'You are heard only while you hold a key down. Calls begin muted.',
    key: 'Key to talk',
    keyHint: (code: string) =>
      writes(code)
        ? 'It works while you do not type. A key such as F8 works everywhere in Gossip.'
        : 'It works everywhere in Gossip, while its window is in front.',
    choose: 'Choose another key',
    press: 'Press the key…',
    refused: 'This key is needed for other things. Choose another one.',
    ring: 'Ring with a sound',
    ringHint: 'When somebody calls. With “Do not disturb” it does not ring.',
    tryRing: 'Hear it',
    before: 'Check before calls',
    beforeHint: 'Show “Check sound and picture” before a call begins.',
    hideAddress: 'Hide my address in calls',
    hideAddressHint:
      'Calls go through the hub, so that others do not learn your internet address. They may be slower, and need a hub that relays calls.',
    address: 'Your address in calls',
    addressLead: 'Whether others can learn your internet address from a call is set with the calls.'
  }
}
