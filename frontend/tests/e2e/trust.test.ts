import { accessible, conversation, expect, test, write } from './world'

test('two people compare their safety numbers', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await conversation(page, 'bob')
  await page.getByRole('button', { name: 'Be sure who this is' }).click()
  const number = await page.locator('[data-safety-number]').innerText()
  const digits = number.replace(/\D/g, '')
  expect(digits).toHaveLength(60)
  expect((await world.cli('bob', 'fingerprint', '@alice')).replace(/\D/g, '')).toContain(digits)
  await accessible(page)

  await page.getByRole('button', { name: 'The numbers are the same' }).click()
  await expect(page.getByRole('button', { name: 'Not verified any more' })).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await write(page, 'now I am sure')
  await expect(
    page
      .getByRole('main')
      .getByText(/verified/i)
      .first()
  ).toBeVisible()
})
