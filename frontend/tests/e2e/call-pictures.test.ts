import type { Page } from '@playwright/test'
import { conversation, expect, row, test, write } from './world'

const environment = { GOSSIP_CALL_DEVICE: 'test' }

test('both see each other', async ({ world }) => {
  await world.startHub()
  const alice = await world.app('alice', { environment })
  const bob = await world.app('bob', { environment })
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()
  await alice.getByRole('button', { name: 'New message' }).click()
  await alice.getByRole('dialog').getByLabel('Name on the hub').fill('bob')
  await alice.keyboard.press('Enter')
  await expect(alice.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
  await write(alice, 'May I show you something?')
  await conversation(bob, 'alice')
  await bob.getByRole('button', { name: 'Accept', exact: true }).click()
  await write(bob, 'Do.')
  await expect(row(alice, 'Do.')).toBeVisible()

  await alice.getByRole('button', { name: 'Call with video' }).click()
  await bob.getByRole('dialog').getByRole('button', { name: 'Accept with video' }).click()
  for (const [page, other] of [
    [alice, 'bob'],
    [bob, 'alice']
  ] as const) {
    const picture = await pictureOf(page, other)
    await expect.poll(() => picture.evaluate(colours), { timeout: 20_000 }).toBeGreaterThan(3)
    const before = await picture.evaluate(sum)
    await expect.poll(() => picture.evaluate(sum)).not.toBe(before)
  }
})

/** pictureOf is what the camera of somebody in the call shows. */
async function pictureOf(page: Page, name: string) {
  const more = page.getByRole('button', { name: 'Show who is in the call' })
  const picture = page.locator(`[data-participant="${name}"] canvas[data-picture="camera"]`)
  await expect(more.or(picture).first()).toBeVisible()
  if (await more.isVisible()) await more.click()
  await expect(picture).toBeVisible()
  return picture
}

/** colours is how many colours some points of a picture have. */
function colours(canvas: HTMLCanvasElement | SVGElement): number {
  if (!(canvas instanceof HTMLCanvasElement)) return 0
  const all = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
  const seen = new Set<string>()
  for (let at = 0; all && at < all.length; at += 4 * 997) seen.add(all.slice(at, at + 3).join())
  return seen.size
}

/** sum changes when a picture moves. */
function sum(canvas: HTMLCanvasElement | SVGElement): number {
  if (!(canvas instanceof HTMLCanvasElement)) return 0
  const all = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
  return all?.reduce((total, one) => total + one, 0) ?? 0
}
