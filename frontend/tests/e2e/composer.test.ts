import type { Page } from '@playwright/test'
import { accessible, expect, row, test, write } from './world'

const box = (page: Page) => page.getByRole('textbox', { name: /^Message / })
const opened = (page: Page, name = '#general') =>
  expect(page.getByRole('heading', { level: 1, name })).toBeVisible()

/** caret is the part of the box's text that is selected, between bars. */
const caret = (page: Page) =>
  box(page).evaluate((field) => {
    const { value, selectionStart, selectionEnd } = field as HTMLTextAreaElement
    return `${value.slice(0, selectionStart)}|${value.slice(selectionStart, selectionEnd)}|${value.slice(selectionEnd)}`
  })

test('up changes the last message, Escape leaves it, and the draft is still there', async ({
  world
}) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  await write(page, 'teh first')
  await expect(row(page, 'teh first')).toBeVisible()

  await box(page).press('ArrowUp')
  await expect(box(page)).toHaveValue('teh first')
  await expect(page.getByText('Change your message')).toBeVisible()
  await accessible(page)
  await page.keyboard.press('Escape')
  await expect(box(page)).toHaveValue('')
  await expect(page.getByText('Change your message')).toBeHidden()

  await box(page).press('ArrowUp')
  await box(page).fill('the first')
  await page.keyboard.press('Enter')
  await expect(row(page, 'the first')).toContainText('edited')
  await expect(row(page, 'teh first')).toHaveCount(0)
  await expect(box(page)).toHaveValue('')

  await box(page).press('ArrowUp')
  await box(page).fill('')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(row(page, 'the first')).toHaveCount(0)
  await expect(page.getByText('Change your message')).toBeHidden()
})

test('people, channels and emoji are suggested and taken by keyboard; undo takes them back', async ({
  world
}) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  await world.cli('anna', 'join', world.address, '--name', 'Anna Lena')
  const page = await world.app('alice')
  await opened(page)
  await page.getByRole('button', { name: /People here: 3/ }).waitFor()

  await box(page).pressSequentially('Hi @')
  await expect(page.getByRole('option')).toHaveCount(2)
  await page.keyboard.type('le')
  await expect(page.getByRole('option')).toHaveCount(1)
  await expect(page.getByRole('option', { name: 'Anna Lena' })).toHaveAttribute(
    'aria-selected',
    'true'
  )
  await accessible(page)
  await page.keyboard.press('Enter')
  await expect(box(page)).toHaveValue('Hi @Anna Lena ')
  await page.keyboard.press('Control+Z')
  await expect(box(page)).toHaveValue('Hi @le')
  await page.keyboard.press('Control+Y')

  await page.keyboard.type('see #gen')
  await page.keyboard.press('Tab')
  await page.keyboard.type(':par')
  await expect(page.getByRole('listbox', { name: 'Emoji' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('listbox')).toBeHidden()
  await page.keyboard.press('Backspace')
  await expect(page.getByRole('listbox')).toBeHidden()
  for (let i = 0; i < 3; i++) await page.keyboard.press('Backspace')
  await page.keyboard.type(':tada: `:tada:` 12:30:45')
  await expect(box(page)).toHaveValue('Hi @Anna Lena see #general 🎉 `:tada:` 12:30:45')
})

test('the emoji picker works by keyboard and keeps what was used', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  await box(page).fill('so ')
  await page.getByRole('button', { name: 'Emoji', exact: true }).press('Enter')
  const picker = page.getByRole('dialog', { name: 'Choose an emoji' })
  await expect(picker.getByRole('gridcell', { name: 'grinning face', exact: true })).toBeVisible()
  await accessible(page)

  await page.keyboard.type('thumbs up')
  await expect(picker.getByRole('gridcell')).toHaveCount(1)
  await picker.getByRole('button', { name: 'Skin tone' }).click()
  await page.getByRole('menuitemcheckbox', { name: '✋🏿 Dark' }).click()
  await picker.getByRole('combobox').press('Enter')
  await expect(picker).toBeHidden()
  await expect(box(page)).toHaveValue('so 👍🏿')
  await expect(box(page)).toBeFocused()

  await page.getByRole('button', { name: 'Emoji', exact: true }).click()
  await expect(picker.getByRole('button', { name: 'Last used' })).toBeVisible()
  await picker.getByRole('button', { name: 'Flags' }).click()
  await expect(picker.getByRole('columnheader', { name: 'Flags' })).toBeInViewport()
  await picker.getByRole('combobox').press('ArrowDown')
  await picker.getByRole('combobox').press('ArrowUp')
  await page.keyboard.press('Escape')
  await expect(picker).toBeHidden()
  await expect(box(page)).toBeFocused()
  await page.getByRole('button', { name: 'Emoji', exact: true }).click()
  await expect(picker).toBeVisible()
  await page.getByRole('button', { name: 'Emoji', exact: true }).click()
  await expect(picker).toBeHidden()
  await page.getByRole('button', { name: 'Emoji', exact: true }).click()
  await page.getByRole('log').click({ position: { x: 5, y: 5 } })
  await expect(picker).toBeHidden()
})

test('Ctrl and a letter sets marks, and Ctrl+Z takes them away', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  await box(page).pressSequentially('a b')
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('Control+B')
  expect(await caret(page)).toBe('a **|b|**')
  await page.keyboard.press('Control+I')
  expect(await caret(page)).toBe('a ***|b|***')
  await page.keyboard.press('Control+B')
  expect(await caret(page)).toBe('a *|b|*')
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+Z')
  await expect(box(page)).toHaveValue('a b')
  await page.keyboard.press('Control+Shift+X')
  await expect(box(page)).toHaveValue(/~~/)
})

test('a message can have a time of its own, and a conversation one for all', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  await page.getByRole('button', { name: 'Disappearing messages: off' }).click()
  await page.getByRole('menuitem', { name: 'All messages from now on' }).click()
  await page.getByRole('menuitemcheckbox', { name: '8 hours' }).click()
  const timer = page.getByRole('button', { name: 'Messages disappear after 8 hours' })
  await expect(timer).toBeVisible()
  await expect(row(page, 'set messages to disappear after 8 hours')).toBeVisible()
  await timer.click()
  await page.getByRole('menuitem', { name: 'This message only' }).click()
  await page.getByRole('menuitemcheckbox', { name: '30 seconds' }).click()
  await expect(
    page.getByRole('button', { name: 'This message disappears after 30 seconds' })
  ).toBeVisible()
  await accessible(page)
  await write(page, 'not for long')
  await expect(row(page, 'not for long')).toBeVisible()
  await expect(timer).toBeVisible()
  await expect(row(page, 'not for long')).toHaveCount(0, { timeout: 40_000 })
})

test('a draft outlives the window; a message that is too long is kept and not sent', async ({
  world
}) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  await write(page, 'something to answer')
  await box(page).fill('half a thought')
  await page.evaluate(() => window.dispatchEvent(new Event('blur')))
  await page.reload()
  await expect(box(page)).toHaveValue('half a thought')

  await box(page).fill('ü'.repeat(33_000))
  await expect(page.getByText(/Too long for one message. Shorten it by 232/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled()
  await accessible(page)
  await box(page).press('Enter')
  await expect(box(page)).toHaveValue('ü'.repeat(33_000))
  await box(page).fill('ü'.repeat(32_000))
  await expect(page.getByText('768 characters left')).toBeVisible()
})

test('an answer names what it answers, also when the window was closed in between', async ({
  world
}) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await opened(page)
  await world.cli('bob', 'send', '#general', 'Who comes **along**?')
  await row(page, 'Who comes along?').hover()
  await row(page, 'Who comes along?').getByRole('button', { name: 'Reply' }).click()
  const bar = page.getByRole('button', { name: /^Answer to bob/ })
  await expect(bar).toContainText('Who comes along?')
  await expect(box(page)).toBeFocused()
  await page.keyboard.type('Me')
  await page.evaluate(() => window.dispatchEvent(new Event('blur')))
  await page.reload()
  await expect(bar).toContainText('Who comes along?')
  await expect(box(page)).toHaveValue('Me')
  await accessible(page)
  await box(page).press('Enter')
  await expect(bar).toBeHidden()
  await expect(row(page, 'Who comes along?')).toHaveCount(2)
  await box(page).press('ArrowUp')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await write(page, 'plain')
  await expect(row(page, 'Who comes along?')).toHaveCount(2)
})

test('Enter makes a line where the person wants it so', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  await page.keyboard.press('Control+,')
  await page.getByRole('dialog').getByText('Keyboard', { exact: true }).click()
  await page.getByRole('switch', { name: /Enter/ }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await box(page).fill('one')
  await box(page).press('Enter')
  await expect(box(page)).toHaveValue('one\n')
  await page.keyboard.type('two')
  await page.keyboard.press('Control+Enter')
  await expect(box(page)).toHaveValue('')
  await expect(row(page, 'two')).toBeVisible()
})

test('pictures are not taken yet, the text beside them is', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await opened(page)
  await box(page).evaluate((field) => {
    const data = new DataTransfer()
    data.items.add(new File(['x'], 'x.png', { type: 'image/png' }))
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
    )
  })
  await expect(page.getByText('Pictures and files come with a later version.')).toBeVisible()
})
