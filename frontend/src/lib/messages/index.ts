// Every text of the interface, in English, one file a part of it. Another language is another object of this shape.
import * as app from './app'
import { call } from './call'
import * as chat from './chat'
import { composer } from './composer'
import { devices } from './devices'
import { onboarding } from './onboarding'
import { palette } from './palette'
import * as people from './people'
import { settings } from './settings'
import * as sidebar from './sidebar'
import { stage } from './stage'

export const messages = {
  ...app,
  ...chat,
  ...people,
  ...sidebar,
  call,
  composer,
  devices,
  onboarding,
  palette,
  settings,
  stage
}
