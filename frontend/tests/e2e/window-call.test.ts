import type { Browser } from '@playwright/test'
import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { binary, Process } from './processes'
import { compare, compareEnvelopes, compareInPieces, loudness } from './window-call/correlate'
import { count, frames } from './window-call/frames'
import { lateness, tooLate } from './window-call/lateness'
import { RealWindow } from './window-call/real-window'
import { missing, SoundServer } from './window-call/sound'
import { expect, test, type World } from './world'

// Two windows as two people have them, WebKitGTK on a display each, with a hub between them and a sound server for both.
// What one says into their microphone is recorded at the other's speaker.
const lacking = missing('Xvfb', 'openbox', 'xdotool', 'import', 'pulseaudio', 'parec', 'espeak-ng')
test.skip(lacking.length > 0, `missing: ${lacking.join(', ')} (build/setup browser sound)`)
test.skip(!existsSync(binary('gossip-inspected')), 'no window to look into: make call-windows')
test.setTimeout(240_000)

const words =
  'The quick brown fox jumps over the lazy dog. Can you hear me well? One, two, three, four, five, six, seven, eight.'

const both = [
  ['alice', 'bob'],
  ['bob', 'alice']
] as const

interface Meeting {
  alice: RealWindow
  bob: RealWindow
  sound: SoundServer
}

/** meet opens two windows whose people have written to each other: strangers do not ring. */
async function meet(world: World, browser: Browser, dark = false): Promise<Meeting> {
  const cli = (name: string, ...args: string[]) =>
    new Process(binary('gossip-cli'), ['--profile', join(world.folder, name), ...args]).done()
  await world.startHub()
  for (const name of ['alice', 'bob']) await cli(name, 'join', world.address, '--name', name)
  await cli('alice', 'send', '@bob', 'May I call?')
  await cli('bob', 'sync')
  await cli('bob', 'send', '@alice', 'Any time.')
  await cli('alice', 'sync')
  const sound = await SoundServer.start(world, 'alice', 'bob')
  const open = async (name: string, other: string) => {
    const environment = { ...sound.devices(name), GOSSIP_CALL_DEVICE: 'test-camera' }
    const window = await RealWindow.open(
      world,
      browser,
      name,
      environment,
      dark && name === 'alice'
    )
    await window.shows(other, 'nav [data-name]')
    await window.click(`nav [data-name="${other}"]`)
    await window.shows(other, 'h1')
    return window
  }
  return { sound, alice: await open('alice', 'bob'), bob: await open('bob', 'alice') }
}

/** call has alice call and bob accept, by keys. */
async function call({ alice, bob }: Meeting): Promise<void> {
  await alice.keys('alt+c')
  await bob.shows('alice is calling')
  await bob.keys('alt+a')
  for (const one of [alice, bob]) await one.shows(/\d:\d\d/, '[data-call] [data-duration]')
}

/** carried says something at one end and compares it with what is heard at the other. */
async function carried({ sound }: Meeting, from: string, to: string) {
  const speech = await sound.speech(`${from}.wav`, from === 'alice' ? 'en' : 'en+f3', words)
  const [mouth, ear] = [sound.record(from, 'mouth'), sound.record(to, 'ear')]
  await Promise.all([mouth.begun(), ear.begun()])
  const late = await lateness(() => sound.say(from, speech))
  const [said, heard] = [mouth.stop(), ear.stop()]
  const figures = {
    whole: compare(said, heard),
    pieces: compareInPieces(said, heard),
    envelope: compareEnvelopes(said, heard),
    loudness: loudness(heard),
    late
  }
  tell(`sound from ${from} to ${to}`, figures)
  return figures
}

/** tell leaves figures in the test's report. */
function tell(type: string, figures: object): void {
  const description = JSON.stringify(figures, (_, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
  )
  test.info().annotations.push({ type, description })
  console.log(`${type}: ${description}`)
}

test('two windows hear each other', async ({ world, browser }) => {
  const meeting = await meet(world, browser)
  const { alice, bob, sound } = meeting
  const ringing = sound.record('bob', 'ear')
  await alice.keys('alt+c')
  await bob.shows('alice is calling')
  await expect.poll(() => loudness(ringing.sofar()), { message: 'it rings' }).toBeGreaterThan(-60)
  ringing.stop()
  await picture(bob, 'ringing')
  await bob.keys('alt+a')
  await alice.shows(/\d:\d\d/, '[data-call] [data-duration]')

  for (const [from, to] of both) {
    const { pieces, late } = await carried(meeting, from, to)
    expect(pieces.correlation).toBeGreaterThan(late > tooLate ? 0.3 : 0.8)
    expect(pieces.delay).toBeLessThan(late > tooLate ? 600 : 150)
  }
  await picture(alice, 'voice')

  for (const one of [alice, bob]) await one.keysFor('alt+g', 'Encrypted', '[data-call]')
  await bob.keys('alt+m')
  await alice.shows('muted', '[data-call]')
  expect((await carried(meeting, 'bob', 'alice')).loudness).toBeLessThan(-70)
  await bob.keys('alt+m')
  await alice.keys('alt+shift+m')
  await bob.shows('hears nothing', '[data-call]')
  expect((await carried(meeting, 'bob', 'alice')).loudness).toBeLessThan(-70)
  await alice.keys('alt+h')
  await expect.poll(() => bob.text('[data-call]')).toBe('')
})

test('two windows see each other', async ({ world, browser }) => {
  const meeting = await meet(world, browser, true)
  const { alice, bob } = meeting
  await Promise.all([count(alice), count(bob)])
  await call(meeting)
  for (const one of [alice, bob]) await one.keys('alt+shift+v')
  const sees = async (window: RealWindow, label: string) =>
    expect
      .poll(async () => (await frames(window)).find((one) => one.label === label)?.colours ?? 0, {
        message: label,
        timeout: 30_000
      })
      .toBeGreaterThan(3)
  await sees(alice, 'Picture of bob')
  await sees(bob, 'Picture of alice')
  await picture(alice, 'video')
  await rates(meeting, 'camera')

  await alice.keys('alt+shift+s')
  await sees(bob, 'Screen of alice')
  await rates(meeting, 'screen')
  await picture(bob, 'screen')
  for (const one of [...(await frames(alice)), ...(await frames(bob))].filter(ofCamera))
    expect(one.corner, `${one.label}, ${one.size.join('x')}`).toEqual(blue)
})

test('the call outlives the hub, and ends with the window', async ({ world, browser }) => {
  const meeting = await meet(world, browser)
  await call(meeting)
  await world.killHub()
  await meeting.alice.shows(/offline|connect/i)
  const { pieces } = await carried(meeting, 'alice', 'bob')
  expect(pieces.correlation).toBeGreaterThan(0.3)
  await meeting.alice.shows(/\d:\d\d/, '[data-call] [data-duration]')
  const closed = Date.now()
  await meeting.bob.close()
  await expect.poll(() => meeting.bob.program.running).toBe(false)
  tell('closed', { milliseconds: Date.now() - closed })
  await expect
    .poll(() => meeting.alice.text('[data-call]'), { timeout: 10_000, intervals: [50] })
    .toBe('')
  tell('told of a closed window', { milliseconds: Date.now() - closed })
})

test('a call brings a hidden window to the front', async ({ world, browser }) => {
  const { alice, bob, sound } = await meet(world, browser)
  await bob.hide()
  await expect.poll(() => bob.onScreen()).toBe(false)
  const ringing = sound.record('bob', 'ear')
  await alice.keys('alt+c')
  await expect.poll(() => bob.onScreen(), { timeout: 20_000 }).toBe(true)
  await bob.shows('alice is calling')
  await expect.poll(() => loudness(ringing.sofar()), { message: 'it rings' }).toBeGreaterThan(-60)
  await alice.press('Stop calling')
  await bob.shows('You missed a call from alice.', '[role="log"]')
  ringing.stop()
})

const ofCamera = ({ label }: { label: string }) => label.startsWith('Picture of')

/** The last bar of the picture that stands for a camera: whole and in its own colours. */
const blue = [expect.closeTo(0, -1.4), expect.closeTo(0, -1.4), expect.closeTo(188, -1.4), 255]

/** rates counts for some seconds what is captured here and shown there. */
async function rates({ alice, bob }: Meeting, what: string): Promise<void> {
  const read = async () => ({ alice: await frames(alice), bob: await frames(bob) })
  const before = await read()
  const late = await lateness(() => new Promise((resolve) => setTimeout(resolve, 10_000)))
  const after = await read()
  for (const [from, to] of both) {
    const rate = (who: typeof from, label: string, of: 'came' | 'drawn' | 'refreshes') => {
      const [first, last] = [before, after].map((all) =>
        all[who].find((one) => one.label === label)
      )
      return first && last ? ((last[of] - first[of]) * 1000) / (last.at - first.at) : undefined
    }
    const figures = {
      captured: rate(from, 'Your own picture, as in a mirror', 'came') ?? 0,
      came: rate(to, `Picture of ${from}`, 'came') ?? 0,
      shown: rate(to, `Picture of ${from}`, 'drawn') ?? 0,
      screen: rate(to, `Screen of ${from}`, 'drawn'),
      refreshes: rate(to, `Picture of ${from}`, 'refreshes') ?? 0,
      streams: after[to].find((one) => one.label === `Picture of ${from}`)?.streams,
      wait: after[to].find((one) => one.label === `Picture of ${from}`)?.wait,
      late
    }
    tell(`frames a second of the ${what} from ${from} to ${to}`, figures)
    // A display is refreshed 60 times a second: one that falls behind has no place for each of 30 frames.
    const busy = late > tooLate || figures.refreshes < 57
    const share = busy ? 0.3 : 0.9
    if (late <= tooLate) expect(figures.streams).toBeLessThan(4)
    expect(figures.came).toBeGreaterThan(share * figures.captured)
    expect(figures.shown).toBeGreaterThan(share * figures.captured)
  }
}

/** The pictures that the documentation shows. */
const inDocs = ['video', 'screen']

/** picture keeps a picture of a window in the report, and in docs/images where pictures are taken. */
async function picture(window: RealWindow, name: string): Promise<void> {
  const path = test.info().outputPath(`${name}.png`)
  await window.picture(path)
  await test.info().attach(name, { path, contentType: 'image/png' })
  const kept = fileURLToPath(new URL(`../../../docs/images/window-${name}.png`, import.meta.url))
  if (process.env.PICTURES && inDocs.includes(name)) await copyFile(path, kept)
}
