import type { Page } from '@playwright/test'
import { accessible, conversation, expect, listed, row, test, write } from './world'

const dialog = (page: Page) => page.getByRole('dialog')
const details = (page: Page) => page.getByRole('complementary', { name: 'About this channel' })

/** createChannel makes a channel through its dialog. */
async function createChannel(page: Page, name: string, kind: 'Public' | 'Private', topic = '') {
  await page.getByRole('button', { name: 'New or other channels' }).click()
  await dialog(page).getByRole('button', { name: 'New channel' }).click()
  await dialog(page).getByLabel('Name of a new channel').fill(name)
  await dialog(page).getByLabel('Topic').fill(topic)
  await dialog(page).getByRole('radio', { name: kind }).check()
  await accessible(page)
  await dialog(page).getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('heading', { name: `#${name}` })).toBeVisible()
}

/** choose opens a member's menu and takes a line of it. */
async function choose(page: Page, member: string, line: string) {
  await details(page)
    .getByRole('button', { name: `More about ${member}` })
    .click()
  await page.getByRole('menuitem', { name: line }).click()
}

test('a private channel: invitation, roles, removal', async ({ world }) => {
  await world.startHub()
  const alice = await world.app('alice')
  await expect(alice.getByRole('heading', { name: '#general' })).toBeVisible()
  const bob = await world.app('bob')
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()

  await createChannel(alice, 'surprise', 'Private', 'For Carol’s birthday')
  await expect(alice.locator('[data-lock]')).toContainText('For Carol’s birthday')
  await alice.getByRole('button', { name: /^People here/ }).click()
  await details(alice).getByRole('button', { name: 'Invite people' }).click()
  await dialog(alice).getByRole('button', { name: 'Invite bob' }).click()
  await expect(dialog(alice).getByText('Invited', { exact: true })).toBeVisible()
  await accessible(alice)
  await alice.keyboard.press('Escape')

  await bob.getByRole('button', { name: 'New or other channels' }).click()
  const line = dialog(bob).getByRole('listitem').first()
  await expect(line).toContainText('You are invited')
  await accessible(bob)
  await line.getByRole('button', { name: 'Accept #surprise' }).click()
  await expect(bob.getByRole('heading', { name: '#surprise' })).toBeVisible()
  await write(alice, 'Cake or pie?')
  await expect(row(bob, 'Cake or pie?')).toBeVisible()

  await bob.getByRole('button', { name: /^People here/ }).click()
  await bob.getByRole('button', { name: 'More about alice' }).click()
  await expect(bob.getByRole('menuitem', { name: /Make|Remove/ })).toHaveCount(0)
  await bob.keyboard.press('Escape')

  await choose(alice, 'bob', 'Make moderator')
  await expect(details(alice).locator('[data-member=bob]')).toContainText('Moderator')
  await details(bob).getByRole('button', { name: 'Change the topic' }).click()
  await dialog(bob).getByLabel('Name').fill('party')
  await dialog(bob).getByRole('button', { name: 'Save' }).click()
  await expect(alice.getByRole('heading', { name: '#party' })).toBeVisible()
  await accessible(alice)

  await choose(alice, 'bob', 'Make member')
  await choose(alice, 'bob', 'Remove from the channel')
  await dialog(alice).getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(details(alice).locator('[data-member=bob]')).toHaveCount(0)
  await expect(bob.getByRole('textbox', { name: 'Message #party' })).toBeHidden()
})

test('a public channel is found, joined and left', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  await world.cli('bob', 'create', '#books')
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()

  await page.getByRole('button', { name: 'New or other channels' }).click()
  await dialog(page).getByRole('searchbox').fill('boo')
  await expect(dialog(page).getByRole('listitem')).toHaveCount(1)
  await dialog(page).getByRole('button', { name: 'Join #books' }).click()
  await expect(page.getByRole('heading', { name: '#books' })).toBeVisible()

  await listed(page, 'books').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Leave channel' }).click()
  await expect(dialog(page)).toContainText('Leave #books?')
  await dialog(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(listed(page, 'books')).toBeVisible()
  await listed(page, 'books').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Leave channel' }).click()
  await dialog(page).getByRole('button', { name: 'Leave', exact: true }).click()
  await expect(listed(page, 'books')).toHaveCount(0)
  await conversation(page, 'general')
})
