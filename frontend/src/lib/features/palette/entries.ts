import type { Person } from '$lib/api'
import { messages } from '$lib/messages'
import type { AppState } from '$lib/state/app.svelte'
import type { SettingsPage } from '$lib/state/view.svelte'
import { themes } from '$lib/themes'
import { actions } from './actions'

/** Entry is one line of the palette. */
export interface Entry {
  /** What it is remembered by. */
  id: string
  kind: keyof typeof messages.palette.kinds
  title: string
  /** Where it is, when there are several hubs. */
  place?: string
  keywords?: string
  shortcut?: string
  /** Whose picture stands before it: a user's id. */
  seed?: string
  unread?: number
  run: () => unknown
}

const texts = messages.palette

/** entriesOf is everything that can be reached now, conversations first. */
export function entriesOf(app: AppState): Entry[] {
  const places = new Map(app.session.hubs.map((hub) => [hub.id, hub.name || hub.address]))
  const placeOf = (hub: string) => (places.size > 1 ? { place: places.get(hub) ?? '' } : {})
  return [
    ...conversations(app, placeOf),
    ...people(app, placeOf),
    ...actionEntries(app),
    ...hubs(app),
    ...pagesAndThemes(app)
  ]
}

type PlaceOf = (hub: string) => { place?: string }

function conversations(app: AppState, placeOf: PlaceOf): Entry[] {
  return app.conversations.list
    .filter((one) => (one.kind === 'channel' ? one.member : !one.person_blocked))
    .map((one) => ({
      id: one.key,
      kind: one.kind,
      title: (one.kind === 'channel' ? '#' : '') + one.name,
      unread: one.unread,
      ...(one.kind === 'direct' && { seed: one.key.split('/')[1] ?? '' }),
      ...placeOf(one.hub),
      run: () => app.open(one.key)
    }))
}

/** people are those to whom nothing was written yet. */
function people(app: AppState, placeOf: PlaceOf): Entry[] {
  const begun = new Set(app.conversations.list.map((one) => one.key))
  const entryOf = (hub: string, person: Person): Entry => ({
    id: `${hub}/${person.user}`,
    kind: 'person',
    title: person.name,
    seed: person.user,
    ...placeOf(hub),
    run: () => app.openDirect(hub, person)
  })
  return app.session.hubs.flatMap((hub) =>
    app.roster
      .people(hub.id)
      .filter((person) => !begun.has(`${hub.id}/${person.user}`) && !person.blocked)
      .map((person) => entryOf(hub.id, person))
  )
}

function actionEntries(app: AppState): Entry[] {
  return actions
    .filter((one) => !one.hidden && (!one.when || one.when(app)))
    .map(({ id, title, keywords, shortcut, run }) => ({
      id,
      kind: 'action',
      title,
      ...(keywords && { keywords }),
      ...(shortcut && { shortcut }),
      run: () => run(app)
    }))
}

function hubs(app: AppState): Entry[] {
  return app.session.hubs.flatMap((hub): Entry[] => {
    const name = hub.name || hub.address
    const copy = async () => {
      const done = await app.act(async () => (await app.api.copy(hub.link ?? ''), true))
      if (done) app.toasts.add('info', texts.copied)
    }
    const link = { id: `link ${hub.id}`, title: texts.copyLink(name), run: copy }
    const connect = {
      id: `connect ${hub.id}`,
      title: texts.connect(name),
      run: () => app.act(() => app.session.reconnect(hub.id))
    }
    const channels = {
      id: `channels ${hub.id}`,
      title: texts.channelsOf(name),
      run: () => app.view.show({ kind: 'channels', hub: hub.id })
    }
    const offered = [
      channels,
      ...(hub.link ? [link] : []),
      ...(hub.state === 'online' ? [] : [connect])
    ]
    return offered.map((one) => ({ ...one, kind: 'hub' }))
  })
}

function pagesAndThemes(app: AppState): Entry[] {
  const pages = Object.entries(messages.settings.pages) as [SettingsPage, string][]
  return [
    ...pages.map(([page, name]) => ({
      id: `page ${page}`,
      kind: 'page' as const,
      title: texts.page(name),
      run: () => app.view.show({ kind: 'settings', page })
    })),
    ...themes.map((theme) => ({
      id: `theme ${theme.id}`,
      kind: 'theme' as const,
      title: texts.theme(theme.name),
      keywords: 'colours palette',
      run: () => app.settings.change({ selectedTheme: theme.id })
    }))
  ]
}
