import type { Page } from '@playwright/test'
import { accessible, conversation, expect, listed, row, test, write, type World } from './world'

const environment = { GOSSIP_CALL_DEVICE: 'test' }
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const strip = (page: Page) => page.getByRole('region', { name: 'Call', exact: true })
const ring = (page: Page) => page.getByRole('dialog')
const answer = (page: Page, name: string) =>
  ring(page).getByRole('button', { name, exact: true }).click()

/** acquainted opens two apps whose people have written to each other: strangers do not ring. */
async function acquainted(world: World): Promise<[Page, Page]> {
  await world.startHub()
  const alice = await world.app('alice', { environment })
  const bob = await world.app('bob', { environment })
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()
  await alice.getByRole('button', { name: 'New message' }).click()
  await ring(alice).getByLabel('Name on the hub').fill('bob')
  await alice.keyboard.press('Enter')
  await expect(alice.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
  await write(alice, 'May I call?')
  await conversation(bob, 'alice')
  await bob.getByRole('button', { name: 'Accept', exact: true }).click()
  await write(bob, 'Any time.')
  await expect(row(alice, 'Any time.')).toBeVisible()
  return [alice, bob]
}

test('a call is taken, muted and ended', async ({ world }) => {
  const [alice, bob] = await acquainted(world)
  await button(alice, 'Call').click()
  await expect(strip(alice)).toContainText('Calling bob')
  await expect(ring(bob)).toContainText('alice is calling')
  await accessible(bob)
  await answer(bob, 'Accept')
  await expect(ring(bob)).toHaveCount(0)
  await expect(strip(bob)).toContainText('Call with alice')
  await expect(strip(alice)).toContainText(/0:0\d/)
  await accessible(alice)

  await button(alice, 'Show who is in the call').click()
  await button(bob, 'Show who is in the call').click()
  const people = strip(alice).getByRole('list', { name: 'In the call' })
  await expect(people.getByRole('listitem').filter({ hasText: 'bob' })).toContainText('speaking')
  await button(bob, 'Mute').click()
  await expect(people.getByRole('listitem').filter({ hasText: 'bob' })).toContainText('muted')
  await button(bob, 'Unmute').click()
  await expect(people.getByRole('listitem').filter({ hasText: 'bob' })).not.toContainText('muted')
  await accessible(alice)

  await button(alice, 'Hang up').click()
  await expect(strip(alice)).toHaveCount(0)
  await expect(strip(bob)).toHaveCount(0)
})

test('a call that nobody takes is missed, and one can be declined', async ({ world }) => {
  const [alice, bob] = await acquainted(world)
  await button(alice, 'Call').click()
  await expect(ring(bob)).toContainText('alice is calling')
  await button(alice, 'Stop calling').click()
  await expect(ring(bob)).toHaveCount(0)
  await expect(row(bob, 'You missed a call from alice.')).toBeVisible()

  await button(bob, 'Call').click()
  await expect(ring(alice)).toContainText('bob is calling')
  await answer(alice, 'Decline')
  await expect(ring(alice)).toHaveCount(0)
  await expect(strip(bob)).toHaveCount(0)
  await expect(button(bob, 'Call')).toBeEnabled()
  await expect(listed(alice, 'bob')).toBeVisible()
})

test('both see each other', async ({ world }) => {
  const [alice, bob] = await acquainted(world)
  await button(alice, 'Call with video').click()
  await answer(bob, 'Accept with video')
  for (const [page, other] of [
    [alice, 'bob'],
    [bob, 'alice']
  ] as const) {
    const canvas = strip(page).getByRole('img', { name: `Picture of ${other}` })
    await expect(canvas).toBeVisible()
    await expect.poll(() => canvas.evaluate(colours), { timeout: 20_000 }).toBeGreaterThan(3)
  }
  await accessible(alice)
})

/** colours is how many colours a grid of points of a picture has. */
function colours(canvas: Element): number {
  if (!(canvas instanceof HTMLCanvasElement)) return 0
  const { width, height } = canvas
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data
  const seen = new Set<number>()
  for (let at = 0; pixels && at < pixels.length; at += 4 * 997)
    seen.add(((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0))
  return seen.size
}
