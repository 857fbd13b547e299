import { conversation, expect, row, test, write, type World } from './world'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'

// The pictures of the README, of the real app: make pictures. A test run does not take them.
test.skip(!process.env.PICTURES, 'only make pictures takes them')
test.setTimeout(180_000)

const picture = (name: string) =>
  fileURLToPath(new URL(`../../../docs/images/${name}.png`, import.meta.url))

/** talk fills a hub with people who plan an evening. */
async function talk(world: World, alice: Page): Promise<void> {
  const says = (name: string, text: string) => world.cli(name, 'send', '#general', text)
  const shown = (text: string) => expect(row(alice, text)).toBeVisible()
  await says('bob', 'Has anybody tried the new climbing hall by the river?')
  await shown('climbing hall')
  await write(alice, 'Twice! It is open until ten. Shall we go on Thursday?')
  await says('carol', 'Count me in, I will bring the ropes')
  await shown('ropes')
  await says('carol', 'and chalk for everybody')
  await shown('chalk')
  await write(alice, 'Then I book for four: you two, Dana and me.')
  await says('bob', 'Perfect. Trains are back to normal, so six at the usual corner?')
  await shown('usual corner')
  world.cliProcess('carol', 'listen', '--for', '2m')
  await expect(
    alice.getByRole('navigation').getByRole('button', { name: 'Carol online' })
  ).toBeVisible()
  await write(alice, 'Six it is. See you there 🧗')
  await expect(row(alice, 'Six it is').getByRole('img')).toHaveAccessibleName(/Delivered|Read/)
  await world.cli('bob', 'send', '@Alice', 'Can you lend me shoes, size 43?')
  await expect(alice.getByRole('navigation').getByText('1 unread message')).toBeAttached()
}

test('pictures', async ({ world }) => {
  await world.startHub()
  await world.cli('echo', 'join', world.address, '--name', 'Echo')
  world.cliProcess('echo', 'echo')
  for (const name of ['bob', 'carol']) {
    const shown = name.charAt(0).toUpperCase() + name.slice(1)
    await world.cli(name, 'join', world.address, '--name', shown)
  }
  await world.cli('carol', 'create', '#climbing')
  await world.cli('carol', 'create', '#recipes')

  const alice = await world.app('Alice')
  await expect(alice.getByRole('heading', { name: '#general' })).toBeVisible()
  for (const channel of ['climbing', 'recipes']) {
    await alice.getByRole('button', { name: 'New or other channels' }).click()
    const entry = alice.getByRole('dialog').getByRole('listitem').filter({ hasText: channel })
    await entry.getByRole('button', { name: 'Join' }).click()
    await expect(alice.getByRole('heading', { name: channel })).toBeVisible()
  }
  await conversation(alice, 'general')
  await talk(world, alice)
  await alice.getByRole('button', { name: 'People here' }).click()
  await expect(alice.getByRole('complementary').getByRole('listitem')).toHaveCount(4)
  await alice.evaluate(() => (document.activeElement as HTMLElement).blur())
  await alice.mouse.move(540, 1)
  await alice.screenshot({ path: picture('chat-light') })

  await alice.emulateMedia({ colorScheme: 'dark' })
  await alice.screenshot({ path: picture('chat-dark') })
  await alice.getByRole('complementary').getByRole('button', { name: 'Close' }).click()

  await alice.setViewportSize({ width: 360, height: 640 })
  await alice.screenshot({ path: picture('narrow') })

  const newcomer = await world.app('newcomer', { joined: false })
  await newcomer.getByLabel('Your name').fill('Dana')
  await newcomer.screenshot({ path: picture('welcome') })
})
