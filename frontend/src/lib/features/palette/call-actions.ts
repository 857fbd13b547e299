import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import { mayCall } from '../call/calling'
import type { Action, Row } from './action'

const texts = messages.palette.actions

const free = (app: AppState) => mayCall(app, app.conversations.current)
const rings = (app: AppState) => app.call.info.phase === 'ringing'
const active = (app: AppState) => app.call.info.phase === 'active'
const mine = (app: AppState) => active(app) || app.call.info.phase === 'calling'
const byKey = (app: AppState) => app.settings.value.pushToTalk

const beginning: Row[] = [
  {
    id: 'call',
    keywords: 'phone voice talk ring',
    shortcut: 'Alt+C',
    when: free,
    run: (app) => app.call.start(app.conversations.active, false)
  },
  {
    id: 'videoCall',
    keywords: 'camera phone',
    shortcut: 'Alt+V',
    when: free,
    run: (app) => app.call.start(app.conversations.active, true)
  }
]

const running: Row[] = [
  {
    id: 'acceptCall',
    keywords: 'call answer take',
    shortcut: 'Alt+A',
    always: true,
    when: rings,
    run: (app) => app.call.accept(false)
  },
  {
    id: 'declineCall',
    keywords: 'call refuse reject',
    shortcut: 'Alt+D',
    always: true,
    when: rings,
    run: (app) => app.call.decline()
  },
  {
    id: 'muteCall',
    keywords: 'call microphone unmute',
    shortcut: 'Alt+M',
    always: true,
    when: (app) => mine(app) && !byKey(app),
    run: (app) => app.call.mute()
  },
  {
    id: 'deafenCall',
    keywords: 'call deafen sound silence',
    shortcut: 'Alt+Shift+M',
    always: true,
    when: mine,
    run: (app) => app.call.deafen()
  },
  {
    id: 'cameraCall',
    keywords: 'call video picture',
    shortcut: 'Alt+Shift+V',
    when: mine,
    run: (app) => app.call.camera()
  },
  {
    id: 'shareCall',
    keywords: 'call screen present',
    shortcut: 'Alt+Shift+S',
    when: active,
    run: (app) => app.call.share()
  },
  {
    id: 'callStage',
    keywords: 'call stage people pictures small large',
    shortcut: 'Alt+G',
    when: active,
    run: (app) => app.call.stage.toggle()
  },
  {
    id: 'callWhole',
    keywords: 'call full screen fullscreen',
    shortcut: 'F11',
    when: active,
    run: (app) => app.call.stage.toggleWhole()
  },
  {
    id: 'hangUp',
    keywords: 'call end stop',
    shortcut: 'Alt+H',
    always: true,
    when: mine,
    run: (app) => app.call.hangUp()
  },
  {
    id: 'checkDevices',
    keywords: 'call microphone speaker camera test devices',
    run: (app) => app.view.show({ kind: 'deviceCheck' })
  },
  {
    id: 'talkByKey',
    keywords: 'call ptt microphone',
    when: (app) => !byKey(app),
    run: (app) => app.settings.change({ pushToTalk: true })
  },
  {
    id: 'talkFreely',
    keywords: 'call ptt microphone',
    when: byKey,
    run: (app) => app.settings.change({ pushToTalk: false })
  }
]

const grouped = (rows: readonly Row[], group: Action['group']) =>
  rows.map((one) => ({ ...one, title: texts[one.id as keyof typeof texts], group }))

/** callActions begin, change and end calls. */
export const callActions: readonly Action[] = [
  ...grouped(beginning, 'conversation'),
  ...grouped(running, 'call')
]
