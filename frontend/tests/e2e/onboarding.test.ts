import { accessible, expect, row, test, write } from './world'

test('a newcomer takes a name, sees the words, joins a hub with a password, and writes', async ({
  world
}) => {
  await world.startHub('open sesame')
  const page = await world.app('alice', { joined: false })

  await expect(page.getByRole('heading', { name: 'Talk in private' })).toBeVisible()
  await accessible(page)
  await page.getByLabel('Your name').fill('Alice')
  await page.keyboard.press('Enter')

  await expect(page.getByRole('heading', { name: 'Write these 24 words down' })).toBeVisible()
  await expect(page.getByRole('listitem')).toHaveCount(24)
  await accessible(page)
  await page.getByRole('button', { name: 'I wrote them down' }).click()

  await page.getByLabel('Invite link or address').fill(world.address)
  await page.getByLabel('Hub password').fill('open barley')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText(/password/i)
  await accessible(page)

  await page.getByLabel('Hub password').fill('open sesame')
  await page.getByRole('button', { name: 'Join' }).click()
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await write(page, 'I am here')
  await expect(row(page, 'I am here').getByRole('img', { name: /^Sent/ })).toBeVisible()
})

test('a hub that is not there is told in a sentence', async ({ world }) => {
  const page = await world.app('alice', { joined: false })
  await page.getByLabel('Your name').fill('Alice')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Later' }).click()
  await page.getByLabel('Invite link or address').fill(world.address)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('nothing listens there')
  await expect(page.getByRole('button', { name: 'Join' })).toBeEnabled()

  await page.getByLabel('Invite link or address').fill('no such place')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toHaveText(/^[A-Z].*\.$/)
})

test('the words give back the same fingerprint in an empty profile', async ({ world }) => {
  await world.startHub()
  const before = await world.app('alice')
  await before.getByRole('button', { name: 'Settings' }).click()
  const fingerprint = await before.locator('[data-fingerprint]').innerText()
  await before.getByRole('button', { name: 'Show the recovery phrase' }).click()
  const words = await before.getByRole('dialog').getByRole('listitem').allInnerTexts()
  const phrase = words.map((word) => word.replace(/\d+/, '').trim()).join(' ')
  expect(phrase.split(' ')).toHaveLength(24)

  const after = await world.app('again', { joined: false })
  await after.getByRole('button', { name: 'I have a recovery phrase' }).click()
  await after.getByLabel('Your name').fill('Alice')
  await after.getByLabel('Recovery phrase').fill(phrase.replace(/\w+$/, 'zzz'))
  await after.getByRole('button', { name: 'Restore' }).click()
  await expect(after.getByRole('alert')).toBeVisible()
  await after.getByLabel('Recovery phrase').fill(phrase)
  await after.getByRole('button', { name: 'Restore' }).click()
  await after.getByLabel('Invite link or address').fill(world.address)
  await after.getByRole('button', { name: 'Join' }).click()
  await after.getByRole('button', { name: 'Settings' }).click()
  await expect(after.locator('[data-fingerprint]')).toHaveText(fingerprint)
})
