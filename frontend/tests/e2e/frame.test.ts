import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { binary, freePort, listening, Process } from './processes'
import { accessible, conversation, expect, listed, row, test, write } from './world'

test('the list by keyboard: arrows, menu, pin, mute, read', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  await world.cli('bob', 'create', '#books')
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  const list = page.getByRole('navigation', { name: 'Conversations' })

  await listed(page, 'general').focus()
  await page.keyboard.press('ArrowDown')
  await expect(listed(page, 'bob')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Shift+F10')
  await expect(page.getByRole('menuitem', { name: 'Mark as read' })).toBeDisabled()
  await page.keyboard.type('pin')
  await expect(page.getByRole('menuitem', { name: 'Pin to the top' })).toBeFocused()
  await accessible(page)
  await page.keyboard.press('Enter')
  await expect(list.getByRole('list', { name: 'Pinned' }).getByText('general')).toBeVisible()

  await listed(page, 'general').focus()
  await page.keyboard.press('Shift+F10')
  await page.keyboard.type('mu')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menuitem', { name: 'Mute' })).toBeFocused()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Until I turn it on' }).press('Enter')
  await expect(listed(page, 'general')).toHaveAccessibleName(/muted/)
  await expect(listed(page, 'general')).toBeFocused()
  await page.getByRole('button', { name: /Muted. Unmute/ }).click()
  await expect(listed(page, 'general')).not.toHaveAccessibleName(/muted/)

  await page.getByRole('button', { name: 'New or other channels' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Join #books' }).click()
  await expect(page.getByRole('heading', { name: '#books' })).toBeVisible()
  await conversation(page, 'bob')
  await world.cli('bob', 'send', '#books', 'over **here**')
  await expect(listed(page, 'books')).toHaveAccessibleName(/bob: over here 1 unread message/)
  await world.cli('bob', 'send', '#books', '@alice, look')
  await expect(listed(page, 'books')).toHaveAccessibleName(
    /mentioned.* 2 unread|2 unread.*mentioned/
  )
  await listed(page, 'books').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Mark as read' }).click()
  await expect(listed(page, 'books')).not.toHaveAccessibleName(/unread/)
  await expect(page.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
})

test('what is not begun is found, hubs fold, a draft shows', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await page.getByRole('textbox', { name: 'Message #general' }).fill('half a thought')
  const filter = page.getByRole('searchbox', { name: 'Find a conversation' })
  await filter.fill('BÖB')
  await expect(page.getByRole('navigation').getByRole('listitem')).toHaveCount(1)
  await filter.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'bob' })).toBeVisible()
  await expect(listed(page, 'general')).toContainText('Draft: half a thought')
  await filter.fill('xyz')
  await expect(page.getByText('Nothing has this name.')).toBeVisible()
  await filter.press('Escape')

  const fold = page.getByRole('button', { name: /connected/ })
  await fold.click()
  await expect(listed(page, 'general')).toHaveCount(0)
  await page.reload()
  await expect(fold).toHaveAttribute('aria-expanded', 'false')
  await accessible(page)
  await fold.click()
  await expect(listed(page, 'general')).toBeVisible()
})

test('the details lie over a narrow conversation and give the focus back', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice', { width: 360, height: 640 })
  const button = page.getByRole('button', { name: /^People here/ })
  await button.click()
  const panel = page.getByRole('complementary', { name: 'About this channel' })
  await expect(panel).toBeFocused()
  await accessible(page)
  for (let i = 0; i < 12; i++) await page.keyboard.press('Tab')
  await expect(page.locator('main :focus')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(panel).toBeHidden()
  await expect(button).toBeFocused()

  await button.click()
  await page.getByRole('button', { name: 'More about bob' }).click()
  await page.getByRole('menuitem', { name: 'Mention here' }).click()
  await expect(panel).toBeHidden()
  const box = page.getByRole('textbox', { name: 'Message #general' })
  await expect(box).toBeFocused()
  await expect(box).toHaveValue('@bob ')
})

test('a hub that is away is told with the time, and its link can be copied', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await world.killHub()
  await expect(page.locator('[data-connection]')).toContainText(/Away since \d\d:\d\d/)
  await accessible(page)
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^More about (?!general)/ })
    .first()
    .click()
  await expect(page.getByRole('menuitem', { name: 'Copy the invite link' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Connect now' })).toBeVisible()
  await page.keyboard.press('Escape')
  await write(page, 'waits')
  await expect(row(page, 'waits')).toBeVisible()
  await expect(listed(page, 'general').getByRole('img', { name: 'Waiting' })).toBeVisible()
})

test('a message of the day is shown until it is put away', async ({ world }) => {
  const folder = join(world.folder, 'hub')
  await mkdir(folder, { mode: 0o700 })
  await writeFile(join(folder, 'gossip_motd.txt'), 'Closed on Monday.', { mode: 0o600 })
  await world.startHub()
  const page = await world.app('alice')
  const greeting = page.getByRole('complementary', { name: /Message of the day/ })
  await expect(greeting).toContainText('Closed on Monday.')
  await accessible(page)
  await greeting.getByRole('button', { name: 'Put this message away' }).click()
  await expect(greeting).toHaveCount(0)
  await page.reload()
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await expect(greeting).toHaveCount(0)
})

test('two hubs stand under each other, and one is left', async ({ world }) => {
  await world.startHub()
  const port = await freePort()
  const data = join(world.folder, 'second')
  const hub = new Process(binary('gossip-hub'), [
    '-h',
    '127.0.0.1',
    '-p',
    `${port}`,
    '--data',
    data
  ])
  try {
    await listening(port, hub)
    const page = await world.app('alice')
    const hubs = page.getByRole('navigation').locator('[data-hub]')
    await page.getByRole('button', { name: 'Join another hub' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Address', { exact: true }).first().click()
    await dialog.getByLabel('Address', { exact: true }).last().fill(`127.0.0.1:${port}`)
    await page.keyboard.press('Enter')
    await expect(hubs).toHaveCount(2)
    await expect(dialog).toHaveCount(0)
    await expect(hubs.last().locator('[data-name=general]')).toBeVisible()
    await accessible(page)

    await hubs
      .last()
      .getByRole('button', { name: /^More about (?!general)/ })
      .click()
    await page.getByRole('menuitem', { name: 'Leave this hub' }).click()
    await dialog.getByRole('button', { name: 'Leave', exact: true }).click()
    await expect(hubs).toHaveCount(1)
  } finally {
    await hub.stop()
  }
})
