import * as App from '../../../wailsjs/go/main/App'
import { call } from './call'

/** windowCalls are about the window and the system around it. */
export const windowCalls = {
  /** Opens a web or mail address in the system's own program; others are refused. */
  openLink: (url: string) => call<void>(() => App.OpenLink(url)),
  copy: (text: string) => call<void>(() => App.Copy(text)),
  /** Which conversation the person looks at now, "" for none: it gets no notifications. */
  attend: (key: string) => call<void>(() => App.Attend(key)),
  /** How many messages wait, for the title and the taskbar. */
  setBadge: (count: number) => call<void>(() => App.SetBadge(count)),
  /** Shows a notification now, whatever the settings say; fails where the system has none. */
  testNotification: () => call<void>(App.TestNotification)
}
