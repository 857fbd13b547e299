import { accessible, conversation, expect, row, test, write } from './world'

test('everything fits and works in 360 pixels', async ({ world }) => {
  await world.startHub()
  const long = `${'a very long line '.repeat(20)}https://example.org/${'x'.repeat(200)}`
  const page = await world.app('alice', { width: 360, height: 640 })
  const list = page.getByRole('navigation', { name: 'Conversations' })
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth)

  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await expect(list).toBeHidden()
  await write(page, long)
  await write(page, 'from a narrow window')
  await expect(row(page, 'from a narrow window')).toBeVisible()
  expect(await wide()).toBe(360)
  await accessible(page)

  await page.getByRole('button', { name: 'People here' }).click()
  await expect(page.getByRole('complementary')).toBeVisible()
  expect(await wide()).toBe(360)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Back to the conversations' }).click()
  await expect(list).toBeVisible()
  expect(await wide()).toBe(360)
  await accessible(page)
  await conversation(page, 'general')
})

test('the keyboard alone is enough', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice', { dark: true })
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await page.keyboard.press('Control+K')
  await page.keyboard.type('bob')
  await expect(page.getByRole('dialog').getByRole('option').first()).toContainText('bob')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
  await page.keyboard.type('no mouse was used')
  await page.keyboard.press('Enter')
  await expect(row(page, 'no mouse was used')).toBeVisible()
  await accessible(page)
})
