import type { Page } from '@playwright/test'
import { button, connected, dialog, environment, strip, tile } from './calls'
import { accessible, conversation, expect, listed, row, test, write, type World } from './world'

// Two and three programs encode and decode pictures beside the browser that shows them.
test.setTimeout(120_000)

const tiles = (page: Page) =>
  strip(page).getByRole('list', { name: 'In the call' }).getByRole('listitem')

/** apart expects that every tile lies within the stage and over no other. */
async function apart(page: Page): Promise<void> {
  const stage = await strip(page).boundingBox()
  const boxes = await Promise.all((await tiles(page).all()).map((one) => one.boundingBox()))
  for (const [n, one] of boxes.entries()) {
    if (!one || !stage) throw new Error('a tile is not shown')
    expect(one.x).toBeGreaterThanOrEqual(stage.x)
    expect(one.x + one.width).toBeLessThanOrEqual(stage.x + stage.width)
    expect(one.y + one.height).toBeLessThanOrEqual(stage.y + stage.height)
    for (const other of boxes.slice(n + 1)) {
      if (!other) throw new Error('a tile is not shown')
      const beside = one.x + one.width <= other.x || other.x + other.width <= one.x
      const below = one.y + one.height <= other.y || other.y + other.height <= one.y
      expect(beside || below).toBe(true)
    }
  }
}

/** gathered is alice, bob and carol in the call of #general. */
async function gathered(world: World): Promise<Page[]> {
  await world.startHub()
  const names = ['alice', 'bob', 'carol']
  const pages: Page[] = []
  for (const name of names) pages.push(await world.app(name, { environment }))
  const [alice, ...others] = pages as [Page, ...Page[]]
  for (const page of pages)
    await expect(page.getByRole('button', { name: /^People here: 3/ })).toBeVisible()
  await button(alice, 'Call').click()
  await expect(strip(alice)).toContainText('nobody else is here yet')
  for (const page of others) {
    await expect(listed(page, 'general').locator('[data-calls]')).toBeVisible()
    await page.getByRole('button', { name: 'Join the call' }).click()
    await expect(strip(page)).toContainText('Call in #general')
  }
  for (const page of pages) await expect(strip(page)).toContainText('3 people')
  return pages
}

test('three are in the call of a channel', async ({ world }) => {
  const [alice, bob, carol] = (await gathered(world)) as [Page, Page, Page]
  await expect(listed(alice, 'general').locator('[data-calls="3"]')).toBeVisible()
  await button(alice, 'Show who is in the call').click()
  await expect(tiles(alice)).toHaveCount(3)
  for (const name of ['bob', 'carol']) await expect(tile(alice, name)).toContainText('speaking')
  await apart(alice)
  await accessible(alice)

  await button(alice, 'Show who speaks large').click()
  await expect(alice.locator('[data-large]')).toHaveCount(1)
  await apart(alice)
  await button(bob, 'Mute').click()
  await expect(alice.locator('[data-large]')).toHaveAttribute('data-participant', 'carol')
  await button(alice, 'Show everybody alike').click()
  await tile(alice, 'bob').dblclick()
  await expect(alice.locator('[data-large]')).toHaveAttribute('data-participant', 'bob')
  await tile(alice, 'bob').dblclick()
  await expect(alice.locator('[data-large]')).toHaveCount(0)

  await alice.setViewportSize({ width: 360, height: 640 })
  await expect(button(alice, 'Hang up')).toBeInViewport()
  await apart(alice)
  await accessible(alice)

  await button(carol, 'Hang up').click()
  await expect(tile(alice, 'carol')).toHaveCount(0)
  await expect(carol.getByText('In a call: alice, bob')).toBeVisible()
  await carol.getByRole('button', { name: 'Join the call' }).click()
  await expect(tile(alice, 'carol')).toBeVisible()
})

test('the conversation is beside the stage when it is wanted', async ({ world }) => {
  const [alice, bob] = await connected(world)
  await expect(alice.getByRole('log')).toHaveCount(0)
  await button(bob, 'Show the conversation').click()
  await write(bob, 'Do you see this?')
  const state = row(bob, 'Do you see this?').locator('[data-state]')
  await expect(state).toHaveAttribute('data-state', 'delivered')
  await expect(strip(alice).locator('[data-waiting]')).toBeVisible()
  await expect(state).toHaveAttribute('data-state', 'delivered')
  await accessible(alice)
  await button(alice, 'Show the conversation').click()
  await expect(row(alice, 'Do you see this?')).toBeVisible()
  await expect(state).toHaveAttribute('data-state', 'read')
  await expect(tile(alice, 'bob')).toBeVisible()
  await accessible(alice)

  await button(alice, 'Hide the conversation').click()
  await conversation(alice, 'general')
  await expect(tile(alice, 'bob')).toBeVisible()
  await button(alice, 'Make the call small').click()
  await expect(tile(alice, 'bob')).toHaveCount(0)
  await expect(strip(alice)).toContainText('Call with bob')
  await alice.keyboard.press('Alt+g')
  await expect(tile(alice, 'bob')).toBeVisible()
})

test('the lock, the sound and the figures of a call', async ({ world }) => {
  const [alice, bob] = await connected(world)
  await strip(alice)
    .getByRole('button', { name: /^Encrypted, not verified\. .* bob / })
    .click()
  await expect(dialog(alice)).toContainText('bob')
  await dialog(alice).getByRole('button', { name: 'The numbers are the same' }).click()
  await alice.keyboard.press('Escape')
  await expect(
    strip(alice).getByRole('button', { name: /^Encrypted and verified\./ })
  ).toBeVisible()
  await expect(tile(alice, 'bob')).toContainText('verified')

  await button(alice, 'Sound and connection of bob').focus()
  await alice.keyboard.press('Enter')
  const panel = alice.getByRole('dialog', { name: 'Sound and connection of bob' })
  await panel.getByText('Figures for the curious').click()
  await expect(panel).toContainText(/Path\s*direct/)
  await panel.getByRole('slider').fill('0.5')
  await expect(panel).toContainText('50 %')
  await accessible(alice)
  await alice.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  await expect(button(alice, 'Sound and connection of bob')).toBeFocused()

  await alice.keyboard.press('F11')
  await expect(alice.getByRole('navigation')).toBeHidden()
  await alice.keyboard.press('Escape')
  await expect(button(alice, 'Full screen')).toBeVisible()
  await world.closeApp('bob')
  await expect(alice.getByText('The call with bob is over.')).toBeVisible()
  await expect(bob.getByRole('main')).toBeVisible()
})
