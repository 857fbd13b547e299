import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { accessible, expect, test, write } from './world'

/** settings opens a page of the settings by its keys. */
async function settings(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+,')
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  await expect(page.getByRole('heading', { level: 3, name })).toBeVisible()
}

/** choose takes a radio button by what stands on it. */
async function choose(page: Page, name: string): Promise<void> {
  const radio = page.getByRole('radio', { name, exact: true })
  await page.locator('label').filter({ has: radio }).click()
  await expect(radio).toBeChecked()
}

/** readable expects that axe finds no text with too little contrast. */
async function readable(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze()
  const told = violations.flatMap((one) =>
    one.nodes.map((node) => `${where}: ${node.any[0]?.message} ${node.html}`)
  )
  expect.soft(told).toEqual([])
}

const themes = [
  'Wintry',
  'Cerberus',
  'Catppuccin',
  'Concord',
  'Dracula',
  'Fennec',
  'Modern',
  'Mona',
  'Pine',
  'Rosé Pine',
  'Seafoam',
  'Vintage'
]

test('every theme passes in light and in dark, on the main screen and in the settings', async ({
  world
}) => {
  test.setTimeout(600_000)
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await write(page, 'a line in **every** theme, with `code` and https://example.org')
  for (const mode of ['Light', 'Dark']) {
    await settings(page, 'Appearance')
    await choose(page, mode)
    await page.keyboard.press('Escape')
    for (const theme of themes) {
      await settings(page, 'Appearance')
      await choose(page, theme)
      await expect(page.locator('html')).toHaveAttribute('data-theme', /./)
      await readable(page, `settings in ${theme}, ${mode}`)
      await page.keyboard.press('Escape')
      await readable(page, `main screen in ${theme}, ${mode}`)
    }
  }
})

test('the look is there at once after a restart, and follows the text size', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await settings(page, 'Appearance')
  await choose(page, 'Rosé Pine')
  await choose(page, 'Dark')
  await choose(page, 'Compact')
  await page.getByLabel('Text size').fill('200')
  const root = page.locator('html')
  await expect(root).toHaveAttribute('data-theme', 'rosepine')
  await expect(root).toHaveAttribute('data-mode', 'dark')
  await expect(root).toHaveAttribute('data-density', 'compact')
  await expect(root).toHaveCSS('font-size', '32px')
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(wide).toBe(1080)
  await accessible(page)
  await world.closeApp('alice')

  const again = await world.app('alice')
  await expect(again.locator('html')).toHaveAttribute('data-theme', 'rosepine')
  await expect(again.locator('html')).toHaveCSS('font-size', '32px')
})

test('every page can be read, by keyboard, and nothing on it is out of order', async ({
  world
}) => {
  await world.startHub()
  const page = await world.app('alice')
  await write(page, 'something to store')
  const pages = ['Profile', 'Notifications', 'Privacy', 'Hubs', 'Storage', 'Keyboard', 'About']
  for (const name of pages) {
    await settings(page, name)
    await accessible(page)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  }
  await settings(page, 'About')
  await expect(page.getByText('github.com/wailsapp/wails/v2')).toBeVisible()
  const svelte = page.getByRole('listitem').filter({ hasText: /^\s*svelte\s/ })
  await svelte.locator('summary').click()
  await expect(svelte.getByText(/Permission is hereby granted/)).toBeVisible()
})

test('a name, a hub and a history are changed, left and deleted where they are listed', async ({
  world
}) => {
  await world.startHub()
  const page = await world.app('alice')
  await write(page, 'to be forgotten')
  await settings(page, 'Profile')
  await page.getByLabel('Your name').fill('Alicia')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Your name is changed.')).toBeVisible()
  await page.keyboard.press('Escape')

  await settings(page, 'Storage')
  await page.getByRole('button', { name: /history of #general/ }).click()
  await expect(page.getByRole('alert')).toContainText('cannot be undone')
  await page.getByRole('button', { name: 'Delete history' }).click()
  await expect(page.getByText('Nothing is stored yet.')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('to be forgotten')).toBeHidden()

  await settings(page, 'Hubs')
  await page.getByRole('button', { name: /^Leave / }).click()
  await page.getByRole('button', { name: 'Stay' }).click()
  await page.getByRole('button', { name: /^Leave / }).click()
  await page.getByRole('button', { name: 'Leave', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Where to?' })).toBeVisible()
})

test('a narrow window shows the pages as a list, and the way back to it', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice', { width: 360, height: 640 })
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await page.keyboard.press('Control+,')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('heading', { level: 3 })).toBeHidden()
  await accessible(page)
  await dialog.getByRole('button', { name: 'Appearance' }).click()
  await expect(dialog.getByRole('heading', { level: 3, name: 'Appearance' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  await accessible(page)
  await dialog.getByRole('button', { name: 'All settings' }).click()
  await expect(dialog.getByRole('button', { name: 'Storage' })).toBeVisible()
})
