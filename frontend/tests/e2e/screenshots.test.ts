import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { button, environment, shown, strip, tile } from './calls'
import { conversation, expect, listed, row, test, write, type World } from './world'

// Every screen of the real app, in light and dark, for docs/images: make screenshots. A test run does not take them.
test.skip(!process.env.PICTURES, 'only make screenshots takes them')
test.setTimeout(300_000)

const folder = fileURLToPath(new URL('../../../docs/images/', import.meta.url))
const run = promisify(execFile)

/** take takes a picture of the page in light and in dark, with few colours so that it is small. */
async function take(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    const path = `${folder}${name}-${scheme}.png`
    await page.screenshot({ path })
    await run('mogrify', ['-strip', '-dither', 'None', '-colors', '192', path])
  }
}

const dialog = (page: Page) => page.getByRole('dialog')

/** through takes a picture of what a way leads to, and goes back by Escape. */
async function through(page: Page, name: string, way: () => Promise<unknown>): Promise<void> {
  await way()
  await take(page, name)
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toHaveCount(0)
}

/** crowd is a hub with Echo, Bob, Carol and some channels. */
async function crowd(world: World): Promise<void> {
  await world.startHub()
  await world.cli('echo', 'join', world.address, '--name', 'Echo')
  world.cliProcess('echo', 'echo')
  for (const name of ['Bob', 'Carol']) await world.cli(name, 'join', world.address, '--name', name)
  await world.cli('Carol', 'create', '#climbing')
  await world.cli('Carol', 'create', '#recipes')
}

const code = '```python\ndef beers(friends):\n    return 2 * len(friends)  # at least\n```'

/** talk fills #general with people who plan an evening. */
async function talk(world: World, alice: Page): Promise<void> {
  const says = async (name: string, text: string, shown: string) => {
    await world.cli(name, 'send', '#general', text)
    await expect(row(alice, shown)).toBeVisible()
  }
  await says('Bob', 'Has anybody tried the **new climbing hall** by the river?', 'climbing hall')
  await write(alice, 'Twice! It is open until ten. Shall we go on Thursday?')
  await says('Carol', 'Count me in, I bring the ropes. @Alice, chalk?', 'ropes')
  await says('Carol', '🎉', '🎉')
  await write(alice, `Sure. And I wrote a planner:\n${code}`)
  await row(alice, 'ropes').hover()
  await row(alice, 'ropes').getByRole('button', { name: 'React' }).click()
  await alice.getByRole('button', { name: '👍' }).click()
  await says(
    'Bob',
    'Perfect. Trains are back to normal, so six at the usual corner?',
    'usual corner'
  )
  world.cliProcess('Carol', 'listen', '--for', '3m')
  await write(alice, 'Six it is. See you there 🧗')
  await world.cli('Bob', 'send', '@Alice', 'Can you lend me shoes, size 43?')
  await expect(listed(alice, 'Bob')).toHaveAccessibleName(/1 unread/)
}

test('first steps', async ({ world }) => {
  await world.startHub()
  const page = await world.app('Dana', { joined: false })
  await expect(page.getByRole('heading', { name: 'Talk in private' })).toBeVisible()
  await take(page, 'welcome')
  await page.getByRole('button', { name: /Start my own hub/ }).click()
  await page.getByLabel('Your name').fill('Dana')
  await take(page, 'name')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listitem')).toHaveCount(24)
  await take(page, 'phrase')
  await page.getByRole('button', { name: 'I wrote them down' }).click()
  await take(page, 'phrase-check')
  await page.getByRole('button', { name: 'Later' }).click()
  await take(page, 'privacy')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Start it' }).click()
  await expect(page.getByRole('heading', { name: 'Your hub is running' })).toBeVisible()
  await take(page, 'own-hub')
  await page.getByRole('button', { name: 'Go to #general' }).click()
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await take(page, 'empty')
})

test('talking', async ({ world }) => {
  await crowd(world)
  const alice = await world.app('Alice', { environment: { TZ: 'UTC' } })
  await expect(alice.getByRole('heading', { name: '#general' })).toBeVisible()
  await alice.getByRole('button', { name: 'Not today' }).click()
  await through(alice, 'channels', async () => {
    await alice.getByRole('button', { name: 'New or other channels' }).click()
    await expect(dialog(alice).getByRole('listitem').first()).toBeVisible()
  })
  await talk(world, alice)
  await alice.getByRole('button', { name: /^People here/ }).click()
  await alice.mouse.move(540, 1)
  await take(alice, 'chat')
  await through(alice, 'profile', () => alice.locator('[data-member=Bob]').click())
  await through(alice, 'message-info', async () => {
    await row(alice, 'Six it is').hover()
    await row(alice, 'Six it is').getByRole('button', { name: 'Actions for this message' }).click()
    await alice.getByRole('menuitem', { name: 'Message info' }).click()
  })
  await alice.keyboard.press('Alt+I')
  await through(alice, 'emoji', () =>
    alice.getByRole('button', { name: 'Emoji', exact: true }).click()
  )
  await through(alice, 'timer', () =>
    alice.getByRole('button', { name: /^Disappearing messages/ }).click()
  )
  await through(alice, 'palette', () => alice.keyboard.press('Control+K'))
  await through(alice, 'search', async () => {
    await alice.keyboard.press('Control+Shift+F')
    await alice.keyboard.type('from:bob climb')
    await expect(dialog(alice).locator('mark').first()).toBeVisible()
  })
  await through(alice, 'new-message', () => alice.keyboard.press('Control+N'))
  await through(alice, 'new-channel', () => alice.keyboard.press('Control+Shift+N'))
  await conversation(alice, 'Bob')
  await take(alice, 'request')
  await alice.getByRole('button', { name: 'Accept' }).click()
  await through(alice, 'verify', async () => {
    await alice.getByRole('button', { name: 'About this person' }).click()
    await alice.getByRole('complementary').getByRole('button', { name: 'Verify' }).click()
  })
  await conversation(alice, 'general')
  await alice.setViewportSize({ width: 360, height: 640 })
  await alice.getByRole('complementary').getByRole('button', { name: 'Close' }).click()
  await alice.mouse.move(180, 1)
  await take(alice, 'narrow')
  await alice.setViewportSize({ width: 1080, height: 720 })
  await world.killHub()
  await expect(alice.locator('[data-connection]')).toBeVisible()
  await take(alice, 'offline')
})

test('settings', async ({ world }) => {
  await crowd(world)
  const page = await world.app('Alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  await page.keyboard.press('Control+,')
  const pages = ['Profile', 'Appearance', 'Notifications', 'Calls', 'Privacy', 'Hubs', 'Storage']
  for (const name of [...pages, 'Keyboard', 'About']) {
    await dialog(page).getByRole('button', { name, exact: true }).click()
    await expect(page.getByRole('heading', { level: 3, name })).toBeVisible()
    await take(page, `settings-${name.toLowerCase()}`)
  }
})

test('calls', async ({ world }) => {
  await world.startHub()
  const pages: Page[] = []
  for (const name of ['Alice', 'Bob', 'Carol']) pages.push(await world.app(name, { environment }))
  const [alice, bob, carol] = pages as [Page, Page, Page]
  await alice.getByRole('button', { name: 'Not today' }).click()
  await expect(alice.getByRole('button', { name: /^People here: 3/ })).toBeVisible()
  await write(bob, 'Has anybody got five minutes for the route on Thursday?')
  await write(carol, 'Call me in, I have the map here.')
  await expect(row(alice, 'the map')).toBeVisible()
  await button(bob, 'Call').click()
  for (const page of [alice, carol]) await button(page, 'Join the call').click()
  await expect(strip(alice)).toContainText('3 people')
  await alice.mouse.move(540, 1)
  await take(alice, 'call-strip')
  await button(alice, 'Show who is in the call').click()
  await button(alice, 'Mute').click()
  for (const name of ['Bob', 'Carol']) await expect(tile(alice, name)).toContainText('speaking')
  await alice.mouse.move(540, 1)
  await take(alice, 'call-channel')
  await button(carol, 'Share the screen').click()
  await button(bob, 'Turn the camera on').click()
  await shown(alice, 'Screen of Carol')
  await shown(alice, 'Picture of Bob')
  await button(alice, 'Show the conversation').click()
  await alice.mouse.move(540, 1)
  await take(alice, 'call-screen')
  await alice.setViewportSize({ width: 360, height: 640 })
  await take(alice, 'call-narrow')
})
