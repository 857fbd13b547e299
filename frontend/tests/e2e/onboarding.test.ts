import type { Page } from '@playwright/test'
import { accessible, expect, row, test, write } from './world'

/** named takes one of the first screen's ways and a name, as far as the words. */
async function named(page: Page, way: RegExp, name = 'Alice'): Promise<void> {
  await page.getByRole('button', { name: way }).click()
  await page.getByLabel('Your name').fill(name)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listitem')).toHaveCount(24)
}

/** phraseOn is the words that the page shows. */
async function phraseOn(page: Page): Promise<string[]> {
  const words = await page.getByRole('listitem').allInnerTexts()
  return words.map((word) => word.replace(/\d+/, '').trim())
}

/** later leaves the words for later and takes the privacy choices as they are. */
async function later(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Later' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

test('a newcomer writes the words down, joins with a password, and writes within a minute', async ({
  world
}) => {
  await world.startHub('open sesame')
  const page = await world.app('alice', { joined: false })
  const started = Date.now()
  await expect(page.getByRole('heading', { name: 'Talk in private' })).toBeVisible()
  await accessible(page)
  await named(page, /Connect to a hub/)
  await accessible(page)

  const words = await phraseOn(page)
  await page.getByRole('button', { name: 'I wrote them down' }).click()
  const fields = page.getByLabel(/^Word \d+/)
  await expect(fields).toHaveCount(3)
  await page.getByRole('button', { name: 'Check' }).click()
  await expect(page.getByRole('alert')).toHaveCount(3)
  await accessible(page)
  for (const field of await fields.all()) {
    const number = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent)
    await field.fill(` ${words[Number(number?.match(/\d+/)?.[0]) - 1]?.toUpperCase()} `)
  }
  await page.getByRole('button', { name: 'Check' }).click()

  await page.getByRole('switch', { name: /have read/ }).click()
  await accessible(page)
  await page.getByRole('button', { name: 'Continue' }).click()

  await page.getByLabel('Address').fill(world.address)
  await page.getByLabel('Hub password').fill('open barley')
  await expect(page.getByLabel('Port')).toHaveValue(`${world.port}`)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Hub password')).toHaveAccessibleDescription(/password/)
  await accessible(page)
  await page.getByLabel('Hub password').fill('open sesame')
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  expect(Date.now() - started).toBeLessThan(60_000)

  await expect(page.getByRole('button', { name: /recovery phrase/ })).toBeHidden()
  await write(page, 'I am here')
  await expect(row(page, 'I am here').getByRole('img', { name: /^Sent/ })).toBeVisible()
  await page.keyboard.press('Control+,')
  await page.getByRole('dialog').getByRole('button', { name: 'Privacy' }).click()
  await expect(page.getByRole('switch', { name: /have read/ })).not.toBeChecked()
  await expect(page.getByRole('switch', { name: /typing/ })).toBeChecked()
})

test('Back leads from every step to the one before, and nothing is asked twice', async ({
  world
}) => {
  await world.startHub()
  const page = await world.app('alice', { joined: false })
  const back = () => page.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('button', { name: /invite link/ }).click()
  await back()
  await named(page, /invite link/)
  await back()
  await page.getByLabel('Your name').fill('Alicia')
  await page.keyboard.press('Enter')
  await expect(page.getByText('This is you, Alicia')).toBeVisible()
  await later(page)
  await expect(page.getByLabel('Invite link')).toBeFocused()
  await page.getByLabel('Invite link').fill(world.address)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('begins with gossip://')
  await back()
  await page.getByRole('button', { name: /Connect to a hub/ }).click()
  await expect(page.getByLabel('Address')).toBeVisible()
})

test('a hub that is not there is told in a sentence beside the address', async ({ world }) => {
  const page = await world.app('alice', { joined: false })
  await named(page, /Connect to a hub/)
  await later(page)
  await page.getByLabel('Address').fill(world.address)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Address')).toHaveAccessibleDescription(/nothing listens there/)
  await expect(page.getByRole('button', { name: 'Join' })).toBeEnabled()
  await page.getByLabel('Port').fill('99999')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Port')).toHaveAccessibleDescription(/1 to 65535/)
})

test('one’s own hub is started, and its link lets another in', async ({ world }) => {
  const page = await world.app('alice', { joined: false })
  await named(page, /Start my own hub/)
  await later(page)
  await page.getByLabel('Name of the hub').fill('The kitchen')
  await page.getByRole('button', { name: 'Start it' }).click()
  await expect(page.getByRole('heading', { name: 'Your hub is running' })).toBeVisible()
  await accessible(page)
  const link = await page.locator('[data-link]').innerText()
  expect(link).toMatch(/^gossip:\/\//)
  await page.getByRole('button', { name: 'Go to #general' }).click()
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await expect(page.getByRole('navigation').getByText('Echo').first()).toBeVisible()

  const other = await world.app('bob', { joined: false })
  await named(other, /invite link/, 'Bob')
  await later(other)
  await other.getByLabel('Invite link').fill(link)
  await other.keyboard.press('Enter')
  await expect(other.getByRole('heading', { name: '#general' })).toBeVisible()
  await write(other, 'let in by a link')
  await expect(row(page, 'let in by a link')).toBeVisible()
})

test('the words give back the same fingerprint in an empty profile, and a reminder asks for them', async ({
  world
}) => {
  await world.startHub()
  const before = await world.app('alice')
  await before.getByRole('button', { name: 'Write down your recovery phrase' }).click()
  const phrase = (await phraseOn(before.getByRole('dialog').page())).slice(-24).join(' ')
  await accessible(before)
  await before.keyboard.press('Escape')
  await before.keyboard.press('Control+,')
  const fingerprint = await before.locator('[data-fingerprint]').innerText()

  const after = await world.app('again', { joined: false })
  await after.getByRole('button', { name: 'I have a recovery phrase' }).click()
  await after.getByLabel('Your name').fill('Alice')
  await after.getByLabel('Recovery phrase').fill(phrase.replace(/ \w+$/, ''))
  await after.getByRole('button', { name: 'Restore' }).click()
  await expect(after.getByRole('alert')).toContainText('23 words')
  await after.getByLabel('Recovery phrase').fill(phrase.replace(/\w+$/, 'zzz'))
  await after.getByRole('button', { name: 'Restore' }).click()
  await expect(after.getByRole('alert')).not.toContainText('23 words')
  await after.getByLabel('Recovery phrase').fill(phrase)
  await after.getByRole('button', { name: 'Restore' }).click()
  await after.getByRole('button', { name: 'Continue' }).click()
  await after.getByRole('button', { name: /Connect to a hub/ }).click()
  await after.getByLabel('Address').fill(world.address)
  await after.getByRole('button', { name: 'Join' }).click()
  await expect(after.getByRole('heading', { name: '#general' })).toBeVisible()
  await after.keyboard.press('Control+,')
  await expect(after.locator('[data-fingerprint]')).toHaveText(fingerprint)
})
