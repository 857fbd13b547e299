import type { Page } from '@playwright/test'
import { accessible, conversation, expect, listed, row, test, write, type World } from './world'

const log = (page: Page) => page.getByRole('log')
const rows = (page: Page) => page.locator('[data-message]')

/** tell lets bob write many lines into a channel. */
async function tell(world: World, from: number, to: number, channel = '#general'): Promise<void> {
  const lines = Array.from({ length: to - from }, (_, i) => `line number ${from + i}.`)
  await world.cliProcess('bob', 'send', channel, '--lines', '-').done(lines.join('\n'))
}

/** join makes the app a member of a channel, and leaves what is shown as it is. */
async function join(page: Page, name: string): Promise<void> {
  await page.evaluate(async (wanted) => {
    interface App {
      Snapshot(): Promise<{ hubs: { id: string }[] }>
      Channels(hub: string): Promise<{ key: string; name: string }[]>
      JoinChannel(key: string): Promise<void>
    }
    const app = (window as never as { go: { main: { App: App } } }).go.main.App
    const { hubs } = await app.Snapshot()
    const channels = await app.Channels(hubs[0]?.id ?? '')
    await app.JoinChannel(channels.find((one) => one.name === wanted)?.key ?? '')
  }, name)
}

/** joined starts the hub, with bob on it, and opens alice's app. */
async function joined(world: World): Promise<Page> {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  return page
}

/** at is where a row stands in the window. */
const at = async (page: Page, text: string) => (await row(page, text).boundingBox())?.y ?? NaN

/** said is the row of the first message with a text: a later one may quote it. */
const said = (page: Page, text: string) => rows(page).filter({ hasText: text }).first()

/** action does something with a message by the buttons that the mouse brings up. */
async function action(page: Page, text: string, name: string): Promise<void> {
  await said(page, text).hover()
  await said(page, text).getByRole('button', { name: 'Actions for this message' }).click()
  await page.getByRole('menuitem', { name }).click()
}

test('a long history is read as one scrolls, and stays where it is when messages come', async ({
  world
}) => {
  const page = await joined(world)
  await tell(world, 1, 301)
  await expect(row(page, 'line number 300.')).toBeInViewport()
  await expect(page.getByText(/unread/)).toHaveCount(0)
  await page.reload()
  await expect(row(page, 'line number 300.')).toBeInViewport()

  await log(page).hover()
  await expect(async () => {
    await page.mouse.wheel(0, -3_000)
    await expect(row(page, 'line number 1.')).toHaveCount(1, { timeout: 100 })
  }).toPass()
  expect(await rows(page).count()).toBeLessThan(60)

  const shown = await rows(page).nth(5).innerText()
  const text = /line number \d+\./.exec(shown)?.[0] ?? ''
  const before = await at(page, text)
  await tell(world, 301, 304)
  // The program's own window may have read them: the number of new ones is not for sure.
  const newest = page.getByRole('button', { name: 'Jump to the newest message' })
  await expect(newest).toBeVisible()
  expect(await at(page, text)).toBeCloseTo(before, 0)

  await newest.click()
  await expect(row(page, 'line number 303.')).toBeInViewport()
  await expect(newest).toBeHidden()
  await expect(row(page, 'line number 301.').getByText('New', { exact: true })).toBeVisible()
  await tell(world, 304, 306)
  await expect(row(page, 'line number 305.')).toBeInViewport()
})

test('a conversation opens at what is new, and later where it was left', async ({ world }) => {
  // Another channel than the first: the program's own window reads what comes in that.
  const page = await joined(world)
  await world.cli('bob', 'create', '#news')
  await join(page, 'news')
  await expect(listed(page, 'news')).toBeVisible()
  await tell(world, 1, 201, '#news')
  await expect(listed(page, 'news')).toContainText('200')
  await conversation(page, 'news')
  await expect(row(page, 'line number 1.').getByText('New', { exact: true })).toBeVisible()
  await expect(row(page, 'line number 1.')).toBeInViewport()
  await expect(row(page, 'line number 200.')).toHaveCount(0)
  await accessible(page)

  await log(page).hover()
  await page.mouse.wheel(0, 1_500)
  await expect(row(page, 'line number 1.')).toHaveCount(0)
  const place = await rows(page).nth(5).innerText()
  const text = /line number \d+\./.exec(place)?.[0] ?? ''
  const before = await at(page, text)
  await conversation(page, 'general')
  await expect(log(page)).toHaveAccessibleName('Messages in #general')
  await conversation(page, 'news')
  await expect(row(page, text)).toBeVisible()
  expect(await at(page, text)).toBeCloseTo(before, 0)
})

test('the keyboard alone goes through messages and does all with them', async ({ world }) => {
  const page = await joined(world)
  await tell(world, 1, 121)
  await expect(row(page, 'line number 120.')).toBeInViewport()
  await write(page, 'my own words')
  await expect(
    row(page, 'my own words').getByRole('img', { name: /Sent|Deliv|Read/ })
  ).toBeVisible()

  await page.getByRole('textbox', { name: /^Message / }).press('Shift+Tab')
  await expect(row(page, 'my own words')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(row(page, 'line number 120.')).toBeFocused()
  await page.keyboard.press('Home')
  await expect(log(page).getByRole('listitem').first()).toBeFocused()
  await expect(log(page).getByRole('listitem').first()).toContainText('alice joined')
  await page.keyboard.press('End')
  await expect(row(page, 'my own words')).toBeFocused()

  await page.keyboard.press('e')
  const box = page.getByRole('textbox', { name: /^Message / })
  await expect(box).toBeFocused()
  await expect(box).toHaveValue('my own words')
  await box.fill('better words')
  await box.press('Enter')
  await expect(row(page, 'better words').getByText('edited')).toBeVisible()

  await box.press('Shift+Tab')
  await page.keyboard.press('+')
  await expect(page.getByRole('dialog', { name: 'React' })).toBeVisible()
  await page.keyboard.press('Enter')
  const thumb = row(page, 'better words').getByRole('button', { name: '👍 1: You' })
  await expect(thumb).toHaveAttribute('aria-pressed', 'true')
  await expect(row(page, 'better words')).toBeFocused()

  await page.keyboard.press('Enter')
  await expect(page.getByRole('menu')).toBeVisible()
  await accessible(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(row(page, 'This message was deleted.')).toBeVisible()
  await expect(row(page, 'better words')).toHaveCount(0)
})

test('two people answer, react, edit and delete', async ({ world }) => {
  await world.startHub()
  const alice = await world.app('alice')
  const bob = await world.app('bob')
  await expect(bob.getByRole('heading', { name: '#general' })).toBeVisible()
  await write(alice, 'Shall we go climbing?')
  await expect(said(bob, 'Shall we')).toBeVisible()

  await said(bob, 'Shall we').hover()
  await said(bob, 'Shall we').getByRole('button', { name: 'React' }).click()
  await bob.getByRole('button', { name: '👍' }).click()
  await expect(said(alice, 'Shall we').getByRole('button', { name: '👍 1: bob' })).toBeVisible()
  await said(alice, 'Shall we').getByRole('button', { name: '👍 1: bob' }).click()
  await expect(said(bob, 'Shall we').getByRole('button', { name: '👍' })).toHaveText(/2/)

  await said(bob, 'Shall we').hover()
  await said(bob, 'Shall we').getByRole('button', { name: 'Reply' }).click()
  await bob.keyboard.type('Yes, at six')
  await bob.keyboard.press('Enter')
  const quote = row(alice, 'Yes, at six').getByRole('button', { name: /Show the message of alice/ })
  await expect(quote).toContainText('Shall we go climbing?')
  await quote.click()
  await expect(alice.locator('[data-flash]')).toContainText('Shall we go climbing?')

  await action(alice, 'Shall we', 'Message info')
  await expect(alice.getByRole('dialog')).toContainText(/Read by 1|Delivered to 1/)
  await accessible(alice)
  await alice.keyboard.press('Escape')

  await action(alice, 'Shall we go', 'Delete for everyone')
  await alice.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(row(bob, 'This message was deleted.')).toBeVisible()
  await expect(row(bob, 'Yes, at six')).toContainText('A deleted message')
})

test('Markdown is shown, HTML is not, and links say where they lead', async ({ world }) => {
  const page = await joined(world)
  const says = (text: string) => world.cli('bob', 'send', '#general', text)
  await says('<img src=x onerror="document.title=1"> **bold** `code` @alice')
  const first = row(page, '<img src=x')
  await expect(first.locator('strong')).toHaveText('bold')
  await expect(first.locator('code')).toHaveText('code')
  await expect(first.locator('[data-mention=me]')).toHaveText('@alice')
  await expect(first.locator('img[src=x]')).toHaveCount(0)

  await says('[my bank](https://evil.example/login) [x](javascript:alert(1))')
  const link = row(page, 'my bank').getByRole('link')
  await expect(link).toHaveText('my bank(https://evil.example/login)')
  await page.evaluate(() => {
    const app = (window as never as { go: { main: { App: { OpenLink: unknown } } } }).go.main.App
    app.OpenLink = (url: string) => Promise.resolve((document.body.dataset.opened = url))
  })
  await link.click()
  await expect(page.locator('body')).toHaveAttribute('data-opened', 'https://evil.example/login')

  await says('```js\nconst answer = 42\n```')
  const code = row(page, 'const answer')
  await expect(code.locator('pre span').first()).toHaveText('const')
  await expect(code.getByRole('button', { name: 'Copy' })).toBeVisible()
  await says('🎉')
  await expect(row(page, '🎉').locator('[data-emoji="1"]')).toBeVisible()
  await accessible(page)
})

test('a message with a timer says how long it stays, and goes', async ({ world }) => {
  const page = await joined(world)
  await world.cli('bob', 'send', '#general', 'gone soon', '--expires', '5s')
  const soon = row(page, 'gone soon')
  await expect(soon.getByRole('img', { name: /Disappears in \d seconds?/ })).toBeVisible()
  await expect(soon).toHaveCount(0)
})
