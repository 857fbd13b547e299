import { acquainted, answer, button, dialog, environment, strip } from './calls'
import { missing, rate, SoundServer, type Recorder } from './window-call/sound'
import { expect, test } from './world'

// What the real windows play, which nobody has touched: a system may keep a page silent until it was clicked.
const lacking = missing('pulseaudio', 'pactl', 'parec')
test.skip(lacking.length > 0, `missing: ${lacking.join(', ')} (build/setup browser sound)`)

/** Where a sound begins to be one, of 1. */
const audible = 0.01

/** loudest is of the last so many seconds of a recording; of all of it by default. */
function loudest(recorder: Recorder, seconds = Infinity): number {
  const { samples } = recorder.sofar()
  const last = samples.subarray(Math.max(0, samples.length - seconds * rate))
  return last.reduce((most, one) => Math.max(most, Math.abs(one)), 0)
}

test('a call is heard at both ends until it is answered', async ({ world }) => {
  const sound = await SoundServer.start(world, 'alice', 'bob')
  const [alice, bob] = await acquainted(world, {}, (name) => ({
    ...environment,
    ...sound.devices(name)
  }))
  const ears = { alice: sound.record('alice', 'ear'), bob: sound.record('bob', 'ear') }
  await ears.alice.begun()
  await ears.bob.begun()
  expect(loudest(ears.bob)).toBeLessThan(audible)

  await button(alice, 'Call').click()
  await expect(dialog(bob)).toContainText('alice is calling')
  await expect.poll(() => loudest(ears.bob)).toBeGreaterThan(audible)
  await expect.poll(() => loudest(ears.alice)).toBeGreaterThan(audible)
  await answer(bob, 'Decline')
  await expect(strip(alice)).toHaveCount(0)
  // Longer than the pause between two rings.
  await expect.poll(() => loudest(ears.bob, 3.5)).toBeLessThan(audible)
  await expect.poll(() => loudest(ears.alice, 4.5)).toBeLessThan(audible)

  await bob.keyboard.press('Control+k')
  await bob.keyboard.type('do not disturb')
  await bob.keyboard.press('Enter')
  await button(alice, 'Call').click()
  await expect(strip(bob)).toContainText('alice is calling')
  const quiet = sound.record('bob', 'ear')
  await expect.poll(() => loudest(ears.alice, 2)).toBeGreaterThan(audible)
  await expect.poll(() => quiet.sofar().samples.length).toBeGreaterThan(4 * rate)
  expect(loudest(quiet)).toBeLessThan(audible)
  for (const recorder of [quiet, ...Object.values(ears)]) recorder.stop()
})
