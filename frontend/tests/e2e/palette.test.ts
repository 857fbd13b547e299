import { accessible, expect, test } from './world'

test('the palette goes anywhere and does anything, by keyboard', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  const palette = page.getByRole('dialog', { name: 'Go to or do something' })
  const options = palette.getByRole('option')

  await page.keyboard.press('Control+K')
  await expect(palette.getByRole('combobox')).toBeFocused()
  await accessible(page)
  await page.keyboard.type('bo')
  await expect(options.first()).toContainText('bob')
  await accessible(page)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()

  await page.keyboard.press('Control+K')
  await expect(options.first()).toContainText('bob')
  await page.keyboard.type('mute')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+K')
  await page.keyboard.type('unmute')
  await expect(options.first()).toContainText('Unmute')
  await page.keyboard.press('Escape')
  await expect(palette).toBeHidden()

  await page.keyboard.press('Control+K')
  await page.keyboard.type('theme pine')
  await page.keyboard.press('Enter')
  await expect(page.locator('html')).toHaveAttribute('data-theme', /pine/)

  await page.keyboard.press('Control+K')
  await page.keyboard.type('xyzzy')
  await expect(options).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await expect(options.first()).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'Search in messages' })).toHaveValue('xyzzy')
})

test('the keys work everywhere and typing stays typing', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()

  await page.keyboard.press('Control+/')
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(list.getByText('Search in all messages')).toBeVisible()
  await accessible(page)
  await page.keyboard.press('Escape')

  await page.keyboard.press('Control+=')
  await expect(page.locator('html')).toHaveCSS('font-size', '17.6px')
  await page.keyboard.press('Control+0')
  await expect(page.locator('html')).toHaveCSS('font-size', '16px')

  await page.keyboard.press('Control+F')
  await expect(page.getByRole('combobox')).toHaveValue('in:#general ')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  // The caret is where it was before the dialog.
  const box = page.getByRole('textbox', { name: /^Message / })
  await page.keyboard.type('kf/,=')
  await expect(box).toHaveValue('kf/,=')

  await page.keyboard.press('F6')
  await expect(box).not.toBeFocused()
  for (let n = 0; n < 3 && !(await box.evaluate((one) => one === document.activeElement)); n++)
    await page.keyboard.press('F6')
  await expect(box).toBeFocused()
})
