import { describe, expect, test, vi } from 'vitest'
import type { Conversation } from '$lib/api'
import { mayChange, mayGiveRoles, mayInvite, mayRemove } from '$lib/features/channels/rights'
import { memberMenuOf, ordered } from '$lib/features/details/member-menu'
import { menuOf } from '$lib/features/list/conversation-menu'
import { fits, found, notBegun, wantedOf } from '$lib/features/list/found'
import { Folds } from '$lib/state/folds.svelte'
import { Greetings } from '$lib/state/greetings.svelte'
import { Session } from '$lib/state/session.svelte'
import type { AppState } from '$lib/state/app.svelte'
import type { Dialog } from '$lib/state/view.svelte'
import { shortOf, lengthOf } from '$lib/ui/times'
import { conversation, home, person, snapshot } from './people'

/** shelf is a browser's storage in memory. */
function shelf(kept: Record<string, string> = {}) {
  return {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value)
  }
}

/** fake is as much of the app as a menu needs, with what was asked of it. */
function fake() {
  const calls = { mute: vi.fn(), setRole: vi.fn(), removeMember: vi.fn(), leaveChannel: vi.fn() }
  const shown: Dialog[] = []
  const app = {
    api: calls,
    act: (work: () => unknown) => work(),
    view: { show: (dialog: Dialog) => shown.push(dialog) },
    conversations: { active: '' },
    leave: vi.fn()
  }
  return { app: app as unknown as AppState, calls, shown }
}
const labels = (items: { label: string }[]) => items.map((item) => item.label)

describe('what somebody looks for', () => {
  test('is found without case, accents and the mark', () => {
    expect(fits('Žofie', wantedOf('@zof'))).toBe(true)
    expect(fits('general', wantedOf('#GEN'))).toBe(true)
    expect(fits('general', wantedOf('x'))).toBe(false)
  })

  test('leaves what fits in each section', () => {
    const sections = {
      requests: [conversation('anna')],
      pinned: [],
      channels: [conversation('bob'), conversation('ananas')],
      directs: [],
      left: [conversation('ancients'), conversation('zoo')]
    }
    const fitting = found(sections, 'an')
    const names = Object.values(fitting).map((list: { name: string }[]) =>
      list.map((one) => one.name)
    )
    expect(names).toEqual([['anna'], [], ['ananas'], [], ['ancients']])
  })

  test('brings people to whom nothing was said, some of them by themselves', () => {
    const people = Array.from({ length: 20 }, (_, i) => person(`p${i}`))
    const begun = [conversation('p0', { kind: 'direct', key: 'h_home/u_p0' })]
    expect(notBegun(people, begun, '')).toMatchObject({ shown: people.slice(1, 9), more: true })
    expect(notBegun(people, begun, 'p1').shown).toHaveLength(11)
    expect(notBegun([person('x', { blocked: true })], [], '').shown).toEqual([])
  })
})

describe('who may do what in a channel', () => {
  const as = (role: Conversation['role'], more: Partial<Conversation> = {}) =>
    conversation('general', role ? { role, ...more } : more)

  test('follows the roles', () => {
    expect([as('member'), as('moderator'), as('owner')].map(mayChange)).toEqual([false, true, true])
    expect([as('moderator'), as('owner')].map(mayGiveRoles)).toEqual([false, true])
    expect(mayInvite(as('member'))).toBe(false)
    expect(mayInvite(as('member', { public: true }))).toBe(true)
    expect(mayChange(as('owner', { member: false }))).toBe(false)
  })

  test('removes only those of a lower role, and not oneself', () => {
    const moderator = as('moderator')
    expect(mayRemove(moderator, person('bob'))).toBe(true)
    expect(mayRemove(moderator, person('bob', { role: 'moderator' }))).toBe(false)
    expect(mayRemove(as('owner'), person('me', { role: 'member', mine: true }))).toBe(false)
  })

  test('shows each only what they may do', () => {
    const { app, calls, shown } = fake()
    const bob = person('bob', { role: 'member' })
    expect(memberMenuOf(app, as('member'), bob)).toHaveLength(3)
    const items = memberMenuOf(app, as('owner'), bob)
    expect(labels(items)).toEqual([
      'Mention here',
      'Write a message',
      'Show profile',
      'Make moderator',
      'Make owner',
      'Remove from the channel'
    ])
    items[3]?.run?.()
    expect(calls.setRole).toHaveBeenCalledWith('h_home/c_general', 'u_bob', 'moderator')
    items[5]?.run?.()
    expect(calls.removeMember).not.toHaveBeenCalled()
    expect(shown.at(-1)).toMatchObject({ kind: 'confirm', action: 'Remove' })
  })

  test('puts owners and moderators first', () => {
    const all = [person('a'), person('b', { role: 'moderator' }), person('c', { role: 'owner' })]
    expect(ordered(all).map((one) => one.name)).toEqual(['c', 'b', 'a'])
  })
})

describe('the menu of a conversation', () => {
  test('mutes for a time, and ends that', () => {
    const { app, calls } = fake()
    const mute = menuOf(app, conversation('x')).find((item) => item.label === 'Mute')
    expect(mute?.items).toHaveLength(4)
    mute?.items?.[3]?.run?.()
    expect(calls.mute).toHaveBeenLastCalledWith('h_home/c_x', -1)
    const muted = menuOf(app, conversation('x', { muted: true }))
    muted.find((item) => item.label === 'Unmute')?.run?.()
    expect(calls.mute).toHaveBeenLastCalledWith('h_home/c_x', 0)
  })

  test('asks before it leaves, and says what a private channel means', async () => {
    const { app, calls, shown } = fake()
    menuOf(app, conversation('x')).at(-1)?.run?.()
    const dialog = shown.at(-1)
    if (dialog?.kind !== 'confirm') throw new Error('it did not ask')
    expect(dialog.text).toContain('invitation')
    expect(calls.leaveChannel).not.toHaveBeenCalled()
    await dialog.run()
    expect(calls.leaveChannel).toHaveBeenCalledWith('h_home/c_x')
  })
})

describe('what is kept of the frame', () => {
  test('hubs stay folded', () => {
    const box = shelf()
    new Folds(box).toggle('h_home')
    const folds = new Folds(box)
    expect(folds.has('h_home')).toBe(true)
    folds.toggle('h_home')
    expect(new Folds(box).has('h_home')).toBe(false)
    expect(new Folds(shelf({ 'gossip.folded': '{"x' })).has('h_home')).toBe(false)
  })

  test('a message of the day comes once, and again when it is another', () => {
    const box = shelf()
    const hub = { ...home, motd: 'Welcome' }
    const greetings = new Greetings(box)
    expect(greetings.next([home, hub])).toBe(hub)
    greetings.dismiss(hub)
    expect(greetings.next([hub])).toBeUndefined()
    expect(new Greetings(box).next([hub])).toBeUndefined()
    expect(new Greetings(box).next([{ ...hub, motd: 'Closed on Monday' }])?.motd).toContain('Mon')
  })

  test('a hub is away since it was lost, until it is back', () => {
    vi.useFakeTimers({ now: 1_000 })
    const session = new Session({} as never)
    const state = (state: 'online' | 'offline') =>
      session.apply({ seq: 1, type: 'hub', hub: home.id, hub_info: { ...home, state } })
    session.load(snapshot(0))
    expect(session.since(home.id)).toBeUndefined()
    state('offline')
    vi.advanceTimersByTime(5_000)
    state('offline')
    expect(session.since(home.id)).toBe(1_000)
    state('online')
    expect(session.since(home.id)).toBeUndefined()
    vi.useRealTimers()
  })
})

describe('times as lists show them', () => {
  test('by the clock today, by the day this week, by the date before', () => {
    const now = new Date(2026, 10, 20, 12)
    const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString()
    expect(shortOf(at(20, 1), now)).toMatch(/\d:00/)
    expect(shortOf(at(19, 23), now)).toMatch(/Thu/)
    expect(shortOf(at(1, 12), now)).toMatch(/1/)
    expect(shortOf(new Date(2025, 1, 3).toISOString(), now)).toMatch(/25/)
  })

  test('lengths in their largest whole unit', () => {
    expect([30, 300, 3_600, 86_400, 604_800, 5_400].map(lengthOf)).toEqual([
      '30 sec',
      '5 min',
      '1 hr',
      '1 day',
      '1 week',
      '90 min'
    ])
  })
})
