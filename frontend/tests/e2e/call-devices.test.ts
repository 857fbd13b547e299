import type { Page } from '@playwright/test'
import { accessible, conversation, expect, row, test, write, type World } from './world'

const environment = { GOSSIP_CALL_DEVICE: 'test' }
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const strip = (page: Page) => page.getByRole('region', { name: 'Call', exact: true })
const dialog = (page: Page) => page.getByRole('dialog')
const inDialog = (page: Page, name: string) =>
  dialog(page).getByRole('button', { name, exact: true })
const picture = (page: Page) => page.getByRole('img', { name: 'Your own picture, as in a mirror' })

/** acquainted opens two apps whose people have written to each other: strangers do not ring. */
async function acquainted(world: World, settings: object = {}): Promise<[Page, Page]> {
  await world.startHub()
  const alice = await world.app('alice', { environment, settings })
  const bob = await world.app('bob', { environment, settings })
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()
  await alice.getByRole('button', { name: 'New message' }).click()
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

/** settingsOf opens a page of the settings. */
async function callSettings(page: Page): Promise<void> {
  await button(page, 'Ways to call').click()
  await page.getByRole('menuitem', { name: 'Settings of calls' }).click()
  await expect(dialog(page).getByRole('heading', { name: 'Calls', level: 3 })).toBeVisible()
}

test('sound and picture are checked before the first call', async ({ world }) => {
  const [alice, bob] = await acquainted(world, { callChecked: false })
  await button(alice, 'Call').click()
  await expect(dialog(alice)).toContainText('Before your first call')
  await expect(dialog(bob)).toHaveCount(0)
  await expect(dialog(alice)).toContainText('Your microphone works.')
  await accessible(alice)
  await inDialog(alice, 'Show my picture').click()
  await expect(picture(alice)).toBeVisible()
  await inDialog(alice, 'Turn the camera off').click()
  await expect(picture(alice)).toHaveCount(0)
  await inDialog(alice, 'Play a sound').click()
  await expect(dialog(alice)).toContainText('You should have heard two tones.')

  await inDialog(alice, 'Call now').click()
  await expect(dialog(bob)).toContainText('alice is calling')
  await button(alice, 'Stop calling').click()
  await expect(dialog(bob)).toHaveCount(0)
  await button(alice, 'Call').click()
  await expect(dialog(bob)).toContainText('alice is calling')
  await expect(dialog(alice)).toHaveCount(0)
})

test('the check can be put off, and asked for at any time', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice', { environment, settings: { callChecked: false } })
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await page.keyboard.press('Alt+v')
  await expect(inDialog(page, 'Call with video now')).toBeVisible()
  await expect(picture(page)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toHaveCount(0)
  await expect(strip(page)).toHaveCount(0)
  await page.keyboard.press('Alt+c')
  await expect(inDialog(page, 'Call now')).toBeVisible()
  await inDialog(page, 'Cancel').click()

  await page.keyboard.press('Control+k')
  await page.keyboard.type('check sound')
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toContainText('Check sound and picture')
  await inDialog(page, 'Done').click()
  await expect(dialog(page)).toHaveCount(0)
})

test('who holds a key to talk is heard while it is held', async ({ world }) => {
  const [alice, bob] = await acquainted(world)
  await callSettings(bob)
  await accessible(bob)
  await dialog(bob).getByRole('switch', { name: 'Push to talk' }).click()
  await bob.keyboard.press('Escape')

  await button(alice, 'Call').click()
  await inDialog(bob, 'Accept').click()
  await button(alice, 'Show who is in the call').click()
  const other = strip(alice).getByRole('listitem').filter({ hasText: 'bob' })
  await expect(other).toContainText('muted')
  await expect(button(bob, 'Mute')).toHaveCount(0)
  await accessible(bob)

  await bob.getByRole('log').click()
  await bob.keyboard.down('Space')
  await expect(button(bob, 'You are heard')).toBeVisible()
  await expect(other).not.toContainText('muted')
  await bob.keyboard.up('Space')
  await expect(button(bob, 'Hold to talk')).toBeVisible()
  await expect(other).toContainText('muted')

  await bob.getByRole('textbox', { name: /^Message / }).focus()
  await bob.keyboard.press('Space')
  await expect(button(bob, 'Hold to talk')).toBeVisible()

  await button(bob, 'Hold to talk').hover()
  await bob.mouse.down()
  await expect(other).not.toContainText('muted')
  await bob.mouse.up()
  await expect(other).toContainText('muted')
})

test('another key can be held to talk', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice', { environment })
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await callSettings(page)
  const key = dialog(page).locator('[data-talk-key]')
  await expect(key).toHaveText('Space')
  await inDialog(page, 'Choose another key').click()
  await page.keyboard.press('Enter')
  await expect(dialog(page)).toContainText('This key is needed for other things.')
  await page.keyboard.press('F8')
  await expect(key).toHaveText('F8')
  await inDialog(page, 'Choose another key').click()
  await page.keyboard.press('Escape')
  await expect(key).toHaveText('F8')
  await page.reload()
  await callSettings(page)
  await expect(key).toHaveText('F8')
})

test('who does not want to be disturbed sees a call and hears nothing of it', async ({ world }) => {
  const [alice, bob] = await acquainted(world)
  await bob.keyboard.press('Control+k')
  await bob.keyboard.type('do not disturb')
  await bob.keyboard.press('Enter')
  await button(alice, 'Call').click()
  await expect(strip(bob)).toContainText('alice is calling')
  await expect(dialog(bob)).toHaveCount(0)
  await accessible(bob)
  await bob.keyboard.press('Alt+a')
  await expect(strip(alice)).toContainText(/0:0\d/)
  await bob.keyboard.press('Alt+h')
  await expect(strip(alice)).toHaveCount(0)
})

test('a call that rings is answered by its keys', async ({ world }) => {
  const [alice, bob] = await acquainted(world)
  await button(alice, 'Call').click()
  await expect(dialog(bob)).toContainText('alice is calling')
  await bob.keyboard.press('Alt+d')
  await expect(dialog(bob)).toHaveCount(0)
  await expect(strip(alice)).toHaveCount(0)
})
