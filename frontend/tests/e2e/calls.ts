import type { Page } from '@playwright/test'
import { conversation, expect, row, write, type World } from './world'

/** Calls of tests have a tone, a pattern and a speaker that nobody hears. */
export const environment = { GOSSIP_CALL_DEVICE: 'test' }

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** strip is the call as the window shows it, small or as a stage. */
export const strip = (page: Page) => page.getByRole('region', { name: 'Call', exact: true })
export const dialog = (page: Page) => page.getByRole('dialog').filter({ visible: true })

/** answer presses a button of the dialog that rings. */
export const answer = (page: Page, name: string) =>
  dialog(page).getByRole('button', { name, exact: true }).click()

/** tile is the place of somebody on the stage. */
export const tile = (page: Page, name: string) =>
  strip(page)
    .getByRole('list', { name: 'In the call' })
    .getByRole('listitem')
    .and(page.locator(`[data-participant="${name}"]`))

/** acquainted opens two apps whose people have written to each other: strangers do not ring. */
export async function acquainted(
  world: World,
  settings: object = {},
  around: (name: string) => NodeJS.ProcessEnv = () => environment
): Promise<[Page, Page]> {
  await world.startHub()
  const alice = await world.app('alice', { environment: around('alice'), settings })
  const bob = await world.app('bob', { environment: around('bob'), settings })
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()
  await button(alice, 'New message').click()
  await dialog(alice).getByLabel('Name on the hub').fill('bob')
  await alice.keyboard.press('Enter')
  await expect(alice.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
  await write(alice, 'May I call?')
  await conversation(bob, 'alice')
  await button(bob, 'Accept').click()
  await write(bob, 'Any time.')
  await expect(row(alice, 'Any time.')).toBeVisible()
  return [alice, bob]
}

/** connected has alice call bob and shows both who is in the call. */
export async function connected(world: World): Promise<[Page, Page]> {
  const [alice, bob] = await acquainted(world)
  await button(alice, 'Call').click()
  await answer(bob, 'Accept')
  for (const page of [alice, bob]) {
    await expect(strip(page)).toContainText(/0:0\d/)
    await button(page, 'Show who is in the call').click()
  }
  return [alice, bob]
}

/** colours is how many colours a grid of points of a picture has. */
export function colours(canvas: Element): number {
  if (!(canvas instanceof HTMLCanvasElement)) return 0
  const { width, height } = canvas
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data
  const seen = new Set<number>()
  for (let at = 0; pixels && at < pixels.length; at += 4 * 997)
    seen.add(((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0))
  return seen.size
}

/** shown waits until a picture or a screen is drawn. */
export async function shown(page: Page, name: string): Promise<void> {
  const canvas = strip(page).getByRole('img', { name })
  await expect(canvas).toBeVisible()
  await expect.poll(() => canvas.evaluate(colours), { timeout: 20_000 }).toBeGreaterThan(3)
}
