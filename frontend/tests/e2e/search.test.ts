import { accessible, conversation, expect, row, test, write } from './world'

test('what was said is found, marked, and opened where it was said', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await write(page, 'the **needle** lies here, Ångström')
  await write(page, 'only hay, see https://example.org')
  await expect(row(page, 'only hay').getByRole('img', { name: /^Sent/ })).toBeVisible()

  await page.keyboard.press('Control+Shift+F')
  const field = page.getByRole('combobox', { name: 'Search in messages' })
  const hits = page.getByRole('dialog').getByRole('option')
  await expect(field).toBeFocused()
  await accessible(page)

  await field.fill('NEEDL angstrom')
  await expect(hits).toHaveCount(1)
  await expect(hits.locator('mark')).toHaveText(['needl', 'Ångström'])
  await accessible(page)

  await field.fill('nowhere to be found')
  await expect(page.getByText('No message has this.')).toBeVisible()
  await accessible(page)

  await field.fill('')
  await page.getByRole('button', { name: /^has:link/ }).click()
  await expect(field).toHaveValue('has:link ')
  await expect(field).toBeFocused()
  await expect(hits).toHaveCount(1)
  await expect(hits).toContainText('only hay')

  await field.fill('colour:red hay')
  await expect(page.getByRole('status').filter({ hasText: 'no filter colour' })).toBeVisible()

  await field.fill('in:#general from:me e')
  await expect(hits).toHaveCount(2)
  await page.keyboard.press('ArrowDown')
  await expect(hits.nth(1)).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(row(page, 'lies here')).toBeInViewport()
})

test('a hit in another conversation opens that one', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await write(page, 'said in public')
  await expect(row(page, 'said in public').getByRole('img', { name: /^Sent/ })).toBeVisible()
  await conversation(page, 'bob')
  await page.keyboard.press('Control+Shift+F')
  await page.keyboard.type('public')
  await page.getByRole('dialog').getByRole('option').click()
  await expect(page.getByRole('heading', { level: 1, name: '#general' })).toBeVisible()
  await expect(row(page, 'said in public')).toBeVisible()
})
