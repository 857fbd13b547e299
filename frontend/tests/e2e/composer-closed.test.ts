import type { Page } from '@playwright/test'
import { accessible, conversation, expect, listed, row, test, write } from './world'

const box = (page: Page) => page.getByRole('textbox', { name: /^Message / })
const opened = (page: Page, name = '#general') =>
  expect(page.getByRole('heading', { level: 1, name })).toBeVisible()

/** program calls the app behind a page, for what another person does meanwhile. */
const program = (page: Page, method: string, ...args: unknown[]): Promise<unknown> =>
  page.evaluate(
    ([method, args]) => {
      const { go } = window as unknown as { go: { main: { App: Record<string, Bound> } } }
      return go.main.App[method]?.(...args)
    },
    [method, args] as const
  )
type Bound = (...args: unknown[]) => Promise<unknown>

interface Known {
  me: { user: string }
  hubs: { id: string }[]
}

test('a stranger is let in, or blocked and unblocked', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  for (const name of ['bob', 'carol']) {
    await world.cli(name, 'join', world.address, '--name', name)
    await world.cli(name, 'send', '@alice', `Hello, I am ${name}`)
  }
  const asks = (name: string) =>
    page.getByRole('heading', { name: `${name} wants to write with you.` })
  await conversation(page, 'bob')
  await expect(asks('bob')).toBeVisible()
  await expect(box(page)).toBeHidden()
  await accessible(page)
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  await write(page, 'Welcome!')
  await expect(row(page, 'Welcome!')).toBeVisible()
  await expect(asks('bob')).toBeHidden()

  await conversation(page, 'carol')
  await page.getByRole('button', { name: 'Block', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click()
  await expect(page.getByText('You blocked carol.')).toBeVisible()
  await expect(box(page)).toBeHidden()
  await accessible(page)
  await page.locator('[data-composer]').getByRole('button', { name: 'Unblock' }).click()
  await expect(page.getByText('You blocked carol.')).toBeHidden()
})

test('who was removed from a channel is told so, and can join again', async ({ world }) => {
  await world.startHub()
  const bob = await world.app('bob')
  const page = await world.app('alice')
  await opened(bob)
  await opened(page)
  const { hubs } = (await program(bob, 'Snapshot')) as Known
  const { me } = (await program(page, 'Snapshot')) as Known
  const books = await program(bob, 'CreateChannel', hubs[0]?.id, 'books', true)
  await expect(async () => program(page, 'JoinChannel', books)).toPass()
  await conversation(page, 'books')
  await write(page, 'May I stay?')
  await expect(row(bob, 'May I stay?').or(bob.getByText('May I stay?')).first()).toBeVisible()

  await expect(async () => program(bob, 'RemoveMember', books, me.user)).toPass()
  await expect(page.getByText('You were removed from this channel.')).toBeVisible()
  await expect(box(page)).toBeHidden()
  await accessible(page)
  await page.locator('[data-composer]').getByRole('button', { name: 'Join again' }).click()
  await expect(box(page)).toBeVisible()
})

test('a channel that was left keeps its history under a fold, until that is deleted', async ({
  world
}) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  await write(page, 'Remember this')
  await expect(row(page, 'Remember this')).toBeVisible()
  const menu = async (item: string) => {
    await listed(page, 'general').click({ button: 'right' })
    await page.getByRole('menuitem', { name: item }).click()
  }
  const leave = async () => {
    await menu('Leave channel')
    await page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click()
    await expect(listed(page, 'general')).toBeHidden()
  }
  const fold = page.getByRole('button', { name: 'Left 1' })
  await leave()
  await fold.click()
  await listed(page, 'general').click()
  await expect(row(page, 'Remember this')).toBeVisible()
  await expect(page.locator('[data-lock]')).toContainText('End-to-end encrypted')
  await accessible(page)
  await menu('Join again')
  await expect(box(page)).toBeVisible()
  await expect(fold).toBeHidden()

  await leave()
  await fold.click()
  await menu('Delete history')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(fold).toBeHidden()
})
