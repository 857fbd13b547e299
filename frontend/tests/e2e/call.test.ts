import type { Page } from '@playwright/test'
import { accessible, conversation, expect, listed, test, write, type World } from './world'

const environment = { GOSSIP_CALL_DEVICE: 'test' }
const strip = (page: Page) => page.getByRole('region', { name: 'Call', exact: true })
const ring = (page: Page) => page.getByRole('dialog', { name: /is calling/ })
const button = (page: Page, name: string) => strip(page).getByRole('button', { name, exact: true })

/** two people who have written to each other: nobody rings at a stranger's. */
async function acquainted(world: World): Promise<[Page, Page]> {
  await world.startHub()
  const alice = await world.app('alice', { environment })
  const bob = await world.app('bob', { environment, dark: true, width: 400 })
  await expect(alice.getByRole('heading', { name: '#general' })).toBeVisible()
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()
  await alice.getByRole('button', { name: 'New message' }).click()
  await alice.getByRole('dialog').getByLabel('Name on the hub').fill('bob')
  await alice.keyboard.press('Enter')
  await expect(alice.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
  await write(alice, 'May I call you?')
  await bob.getByRole('button', { name: /^Back/ }).click()
  await conversation(bob, 'alice')
  await expect(bob.getByRole('log')).toContainText('May I call you?')
  await write(bob, 'Yes')
  await expect(alice.getByRole('log')).toContainText('Yes')
  return [alice, bob]
}

const call = (page: Page) =>
  page.getByRole('main').getByRole('button', { name: 'Call', exact: true }).click()

test('somebody is called, answers, mutes and hangs up', async ({ world }) => {
  const [alice, bob] = await acquainted(world)
  await call(alice)
  await expect(strip(alice)).toContainText('Calling bob')
  await expect(ring(bob)).toContainText('alice')
  await accessible(bob)
  await ring(bob).getByRole('button', { name: 'Accept', exact: true }).click()

  for (const page of [alice, bob]) {
    await expect(strip(page).getByRole('status')).toHaveText('connected')
    await expect(strip(page).getByRole('timer')).toBeVisible()
    await button(page, 'Show who is in the call').click()
    await accessible(page)
  }
  await expect(strip(bob).locator('[data-encryption]')).toContainText('encrypted from device')
  const atBob = strip(bob).locator('[data-participant="alice"]')
  await expect(atBob).toBeVisible()
  await expect(strip(bob).locator('[data-speakers]')).toContainText('alice')
  await button(alice, 'Mute').click()
  await expect(atBob).toContainText('muted')
  await button(alice, 'Unmute').click()
  await expect(atBob).not.toContainText('muted')
  await alice.keyboard.press('Alt+M')
  await expect(atBob).toContainText('muted')

  await button(bob, 'Hang up').click()
  await expect(strip(alice)).toHaveCount(0)
  await expect(strip(bob)).toHaveCount(0)
  await expect(alice.locator('[data-notice="call"]')).toBeVisible()
})

test('a call that is given up is a missed one, and one can be declined', async ({ world }) => {
  const [alice, bob] = await acquainted(world)
  await call(alice)
  await expect(ring(bob)).toBeVisible()
  await button(alice, 'Stop calling').click()
  await expect(ring(bob)).toHaveCount(0)
  await expect(bob.locator('[data-notice="missed_call"]')).toContainText(
    'You missed a call from alice.'
  )

  await call(alice)
  await ring(bob).getByRole('button', { name: 'Stop ringing' }).click()
  await expect(ring(bob)).toHaveCount(0)
  await button(bob, 'Decline').click()
  await expect(strip(alice)).toHaveCount(0)
  await expect(strip(bob)).toHaveCount(0)
  await bob.getByRole('button', { name: /^Back/ }).click()
  await expect(listed(bob, 'alice')).toBeVisible()
})
