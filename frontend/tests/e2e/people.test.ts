import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { accessible, conversation, expect, listed, row, test, write } from './world'

const dialog = (page: Page) => page.getByRole('dialog')
const details = (page: Page) => page.getByRole('complementary', { name: 'About this person' })

test('somebody is found by name, looked at and verified', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()

  await page.getByRole('button', { name: 'New message' }).click()
  await dialog(page).getByLabel('Name on the hub').fill('nobody-at-all')
  await page.keyboard.press('Enter')
  await expect(dialog(page).getByRole('alert')).toContainText('nobody on this hub')
  await accessible(page)
  await dialog(page).getByLabel('Name on the hub').fill('@bob')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
  await expect(listed(page, 'bob')).toHaveAttribute('aria-current', 'page')
  await write(page, 'Hello')

  await page.getByRole('button', { name: 'About this person' }).click()
  await expect(details(page).locator('[data-person-fingerprint]')).toHaveText(/^[0-9A-F ]{40,}$/i)
  await accessible(page)
  await details(page).getByRole('button', { name: 'Verify' }).click()
  await dialog(page).getByRole('button', { name: 'The numbers are the same' }).click()
  await expect(dialog(page).getByText('You have verified bob.')).toBeVisible()
  await accessible(page)
  await dialog(page).getByRole('button', { name: 'Close' }).click()
  await expect(details(page)).toContainText('verified')
  await expect(listed(page, 'bob')).toHaveAccessibleName(/bob.*verified/)
})

test('a stranger asks first, and is blocked and unblocked', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await world.cli('mallory', 'join', world.address, '--name', 'mallory')
  await world.cli('mallory', 'send', '@alice', 'Do you remember me?')
  const list = page.getByRole('navigation', { name: 'Conversations' })
  await expect(list.getByRole('list', { name: 'Requests' }).getByText('mallory')).toBeVisible()
  await conversation(page, 'mallory')
  await accessible(page)

  await page.getByRole('button', { name: 'About this person' }).click()
  await details(page).getByRole('button', { name: 'Block' }).click()
  await expect(dialog(page)).toContainText('You see nothing more of mallory')
  await dialog(page).getByRole('button', { name: 'Block' }).click()
  await expect(details(page)).toContainText('You have blocked this person')
  await world.cli('mallory', 'send', '@alice', 'Hello? Hello?')
  await conversation(page, 'general')
  await expect(listed(page, 'mallory')).toHaveCount(0)
})

test('the card of a member leads to a conversation with them', async ({ world }) => {
  await world.startHub()
  const alice = await world.app('alice')
  const bob = await world.app('bob')
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()
  await alice.getByRole('button', { name: /^People here/ }).click()
  await alice.locator('[data-member=bob]').click()
  await expect(dialog(alice)).toContainText(`@bob@${world.address}`)
  await dialog(alice).getByRole('button', { name: 'Message' }).click()
  await expect(alice.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
  await write(alice, 'Found you')
  const unread = listed(bob, 'alice')
  await expect(unread).toHaveAccessibleName(/alice online.*Found you.*1 unread message/)
  await unread.click()
  await expect(row(bob, 'Found you')).toBeVisible()
})

test('somebody else under a known name is told, until the person has decided', async ({
  world
}) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await conversation(page, 'bob')
  await write(page, 'Hello')
  await expect(row(page, 'Hello').getByRole('img', { name: /^Sent/ })).toBeVisible()

  // Whoever runs the hub loses its accounts, and another person takes the name.
  await world.killHub()
  await expect(page.locator('[data-connection]')).toBeVisible()
  await rm(join(world.folder, 'hub', 'hub.db'))
  await world.startHub()
  await expect(page.locator('[data-connection]')).toBeHidden({ timeout: 40_000 })
  await world.cli('mallory', 'join', world.address, '--name', 'bob')
  await world.cli('mallory', 'send', '@alice', 'It is me')
  const requests = page.getByRole('list', { name: 'Requests' })
  await requests.locator('[data-name=bob]').click()
  await expect(row(page, 'It is me')).toBeVisible()
  const lock = page.locator('[data-lock]')
  await expect(lock).toContainText('Nothing is sent until you decide')
  await accessible(page)

  await lock.click()
  await expect(dialog(page)).toContainText('This may be somebody else')
  await expect(dialog(page)).toContainText('Somebody else had the name bob here before')
  await accessible(page)
  await dialog(page).getByRole('button', { name: 'Accept the change' }).click()
  await expect(dialog(page)).not.toContainText('This may be somebody else')
  await dialog(page).getByRole('button', { name: 'Close' }).click()
  await expect(lock).toContainText('End-to-end encrypted')
})
