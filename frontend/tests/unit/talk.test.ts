import { describe, expect, test, vi } from 'vitest'
import type { CallInfo } from '$lib/api'
import { Talk } from '$lib/state/talk.svelte'
import { defaults } from '$lib/state/settings.svelte'
import { mayBeTalkKey, talkKeyName, writes } from '$lib/talk-key'

/** begin is a call with push-to-talk; what the program was told stands in heard. */
function begin(info: Partial<CallInfo> = {}, settings = {}) {
  const muted: CallInfo = { phase: 'active', muted: true, participants: [] }
  const around = {
    call: { info: { ...muted, ...info } },
    settings: { value: { ...defaults, pushToTalk: true, ...settings } },
    covered: false,
    fail: vi.fn()
  }
  const heard: boolean[] = []
  const answers: (() => void)[] = []
  const setMuted = vi.fn((muted: boolean) => {
    heard.push(!muted)
    return new Promise<void>((resolve) => answers.push(resolve))
  })
  const target = new EventTarget()
  const talk = new Talk({ setMuted }, around)
  talk.follow(target as Window)
  talk.look()
  const answer = async () => {
    answers.shift()?.()
    await new Promise((resolve) => setTimeout(resolve))
  }
  const key = (type: 'keydown' | 'keyup', code: string, more: object = {}) => {
    const event = new Event(type, { cancelable: true })
    const said = { code, key: code === 'Space' ? ' ' : code, ...more }
    for (const [name, value] of Object.entries(said)) Object.defineProperty(event, name, { value })
    target.dispatchEvent(event)
    return event.defaultPrevented
  }
  const click = () => target.dispatchEvent(new Event('pointerdown'))
  const blur = () => target.dispatchEvent(new Event('blur'))
  return { around, talk, heard, answer, key, click, blur }
}

/** within is an element inside of another kind of element. */
const within = (kind: string) => ({
  target: { closest: (selector: string) => (selector.includes(kind) ? {} : null) }
})

/** pressedIn is what is told when the space bar goes down there. */
function pressedIn(kind: string) {
  const { heard, key } = begin()
  key('keydown', 'Space', within(kind))
  return heard
}

describe('push-to-talk', () => {
  test('is heard while the key is held, however often it repeats', async () => {
    const { heard, key, answer, talk } = begin()
    expect(key('keydown', 'Space')).toBe(true)
    expect(key('keydown', 'Space', { repeat: true })).toBe(true)
    expect(talk.held).toBe(true)
    await answer()
    expect(key('keyup', 'Space')).toBe(true)
    expect(heard).toEqual([true, false])
    expect(talk.held).toBe(false)
  })

  test('tells one thing after the other, and the last is what holds', async () => {
    const { heard, key, answer } = begin()
    key('keydown', 'Space')
    key('keyup', 'Space')
    key('keydown', 'Space')
    key('keyup', 'Space')
    expect(heard).toEqual([true])
    await answer()
    expect(heard).toEqual([true, false])
    await answer()
    expect(heard).toEqual([true, false])
  })

  test('is heard until both the key and the button are let go of', async () => {
    const { heard, key, answer, talk } = begin()
    key('keydown', 'Space')
    talk.press('button')
    await answer()
    key('keyup', 'Space')
    expect(talk.held).toBe(true)
    talk.release('button')
    expect(heard).toEqual([true, false])
  })

  test('is not heard any more when the window is left', async () => {
    const { heard, key, answer, blur } = begin()
    key('keydown', 'Space')
    await answer()
    blur()
    expect(heard).toEqual([true, false])
    await answer()
    expect(key('keyup', 'Space')).toBe(false)
    expect(heard).toEqual([true, false])
  })

  test('is not heard any more when a dialog opens, nor while it is open', async () => {
    const { around, heard, key, answer, talk } = begin()
    key('keydown', 'Space')
    await answer()
    around.covered = true
    talk.look()
    expect(heard).toEqual([true, false])
    await answer()
    expect(key('keydown', 'Space')).toBe(false)
    expect(heard).toEqual([true, false])
  })

  test('leaves the keys alone without a call, without the setting and in another combination', () => {
    expect(begin({ phase: '' }).key('keydown', 'Space')).toBe(false)
    expect(begin({}, { pushToTalk: false }).key('keydown', 'Space')).toBe(false)
    expect(begin().key('keydown', 'Space', { ctrlKey: true })).toBe(false)
    expect(begin().key('keydown', 'KeyA', { key: 'a' })).toBe(false)
    const control = begin({}, { pushToTalkKey: 'ControlRight' })
    expect(control.key('keydown', 'ControlRight', { ctrlKey: true, key: 'Control' })).toBe(true)
  })

  test('mutes a call that goes on when it is turned on', () => {
    const { around, heard, talk } = begin({ muted: false }, { pushToTalk: false })
    expect(heard).toEqual([])
    around.settings.value = { ...defaults, pushToTalk: true }
    talk.look()
    expect(heard).toEqual([false])
  })

  test('begins anew with the next call', async () => {
    const { around, heard, key, answer, talk } = begin()
    key('keydown', 'Space')
    await answer()
    around.call.info = { phase: '', participants: [] }
    talk.look()
    expect(talk.held).toBe(false)
    await answer()
    around.call.info = { phase: 'active', muted: true, participants: [] }
    talk.look()
    expect(heard).toEqual([true, false])
    key('keydown', 'Space')
    expect(heard).toEqual([true, false, true])
  })
})

describe('the key to talk', () => {
  test('writes in a text, and presses what can be pressed', () => {
    expect(pressedIn('textarea')).toEqual([])
    expect(pressedIn('button')).toEqual([])
    expect(pressedIn('main')).toEqual([true])
  })

  test('is free on a button that was clicked, until the focus moves on', async () => {
    const { heard, key, click, answer } = begin()
    click()
    key('keydown', 'Space', within('button'))
    expect(heard).toEqual([true])
    await answer()
    key('keyup', 'Space', within('button'))
    await answer()
    key('keydown', 'Tab')
    key('keydown', 'Space', within('button'))
    click()
    key('keydown', 'Space', within('input'))
    expect(heard).toEqual([true, false])
  })

  test('works in a text when it writes nothing there', () => {
    const { heard, key } = begin({}, { pushToTalkKey: 'F8' })
    key('keydown', 'F8', within('textarea'))
    expect(heard).toEqual([true])
  })

  test('is none that is needed elsewhere', () => {
    for (const code of ['Space', 'F8', 'KeyT', 'ControlRight', 'Backquote'])
      expect(mayBeTalkKey(code)).toBe(true)
    for (const code of ['', 'Escape', 'Tab', 'Enter', 'ArrowUp', 'F6', 'AltLeft', 'MetaLeft'])
      expect(mayBeTalkKey(code)).toBe(false)
  })

  test('has the name that stands on it', () => {
    const codes = ['Space', 'KeyT', 'Digit1', 'F8', 'ControlRight', 'NumpadAdd', 'ScrollLock']
    const names = ['Space', 'T', '1', 'F8', 'Right Ctrl', 'Numpad Add', 'Scroll Lock']
    expect(codes.map(talkKeyName)).toEqual(names)
  })

  test('is known to write or not', () => {
    expect(['Space', 'KeyT', 'Numpad1', 'Comma'].every(writes)).toBe(true)
    expect(['F8', 'ControlRight', 'Pause', 'CapsLock'].some(writes)).toBe(false)
  })
})
