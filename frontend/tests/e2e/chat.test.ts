import { accessible, conversation, expect, row, test, write } from './world'

test('two people talk in a channel and in private', async ({ world }) => {
  await world.startHub()
  const alice = await world.app('alice')
  await expect(alice.getByRole('heading', { name: '#general' })).toBeVisible()
  const bob = await world.app('bob')
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()

  await write(alice, 'Hello, Bob')
  await expect(row(bob, 'Hello, Bob')).toBeVisible()
  await write(bob, 'Hello, Alice')
  await expect(row(alice, 'Hello, Alice')).toBeVisible()
  await expect(row(alice, 'Hello, Bob').getByRole('img')).toHaveAccessibleName(/Delivered|Read/)

  await conversation(alice, 'bob')
  await write(alice, 'Just you and me')
  const unread = bob.getByRole('navigation').getByRole('button', { name: /alice.*1 unread/ })
  await expect(unread).toBeVisible()
  await unread.click()
  await expect(row(bob, 'Just you and me')).toBeVisible()
  await bob.getByRole('button', { name: 'Accept' }).click()
  await expect(unread).toBeHidden()
  await expect(row(alice, 'Just you and me').getByRole('img', { name: 'Read' })).toBeVisible()
  await accessible(alice)
})

test('Shift+Enter makes a line, Enter sends, a draft stays with its conversation', async ({
  world
}) => {
  await world.startHub()
  const page = await world.app('alice')
  const box = page.getByRole('textbox', { name: 'Message #general' })
  await box.pressSequentially('one')
  await box.press('Shift+Enter')
  await box.pressSequentially('two')
  await box.press('Enter')
  await expect(box).toHaveValue('')
  await expect(row(page, /one\s*two/)).toHaveCount(1)

  await page.getByRole('button', { name: 'New or other channels' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'New channel' }).click()
  await page.getByLabel('Name of a new channel').fill('books')
  await page.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('heading', { name: '#books' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Message #books' }).fill('half a thought')
  await page.keyboard.press('Alt+ArrowDown')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await page.keyboard.press('Alt+ArrowUp')
  await expect(page.getByRole('textbox', { name: 'Message #books' })).toHaveValue('half a thought')
  await page.getByRole('log').click()
  await page.keyboard.type(', whole now')
  const whole = 'half a thought, whole now'
  await expect(page.getByRole('textbox', { name: 'Message #books' })).toHaveValue(whole)
})

test('Echo answers', async ({ world }) => {
  await world.startHub()
  await world.cli('echo', 'join', world.address, '--name', 'Echo')
  world.cliProcess('echo', 'echo')
  const page = await world.app('alice')
  await conversation(page, 'Echo')
  await write(page, 'Is anybody there?')
  await expect(row(page, 'Is anybody there?')).toHaveCount(2)
  await accessible(page)
})

test('what is written while the hub is away arrives when it is back', async ({ world }) => {
  await world.startHub()
  const alice = await world.app('alice')
  const bob = await world.app('bob')
  await write(alice, 'before')
  await expect(row(bob, 'before')).toBeVisible()

  await world.killHub()
  await expect(alice.locator('[data-connection]')).toBeVisible()
  await write(alice, 'during')
  await expect(row(alice, 'during').getByRole('img', { name: 'Waiting' })).toBeVisible()
  await accessible(alice)

  await world.startHub()
  const again = alice.getByRole('button', { name: 'Connect now' })
  if (await again.isVisible()) await again.click({ timeout: 2_000 }).catch(() => undefined)
  await expect(row(bob, 'during')).toBeVisible({ timeout: 40_000 })
  await expect(row(bob, 'during')).toHaveCount(1)
  await expect(row(alice, 'during').getByRole('img', { name: 'Waiting' })).toBeHidden()
  await expect(alice.locator('[data-connection]')).toBeHidden()
})
