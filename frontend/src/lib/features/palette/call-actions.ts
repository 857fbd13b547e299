import { messages } from '$lib/messages'
import { mayCall } from '../call/calling'
import type { Action } from './action'

const texts = messages.palette.actions

/** callActions begin, change and end calls. */
export const callActions: readonly Action[] = [
  {
    id: 'call',
    title: texts.call,
    group: 'conversation',
    keywords: 'phone voice talk ring',
    shortcut: 'Alt+C',
    when: (app) => mayCall(app, app.conversations.current),
    run: (app) => app.call.start(app.conversations.active, false)
  },
  {
    id: 'videoCall',
    title: texts.videoCall,
    group: 'conversation',
    keywords: 'camera phone',
    shortcut: 'Alt+V',
    when: (app) => mayCall(app, app.conversations.current),
    run: (app) => app.call.start(app.conversations.active, true)
  },
  {
    id: 'muteCall',
    title: texts.muteCall,
    group: 'app',
    keywords: 'call microphone unmute',
    shortcut: 'Alt+M',
    when: (app) => app.call.on,
    run: (app) => app.call.mute()
  },
  {
    id: 'hangUp',
    title: texts.hangUp,
    group: 'app',
    keywords: 'call end stop',
    shortcut: 'Alt+H',
    when: (app) => app.call.info.phase === 'active' || app.call.info.phase === 'calling',
    run: (app) => app.call.hangUp()
  }
]
