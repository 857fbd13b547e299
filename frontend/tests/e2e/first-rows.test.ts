import { conversation, expect, row, test } from './world'

interface Window {
  go: { main: { App: { Snapshot(): Promise<{ seq: number }> } } }
  wails: { EventsNotify(event: string): void }
}

test('the first row of a conversation and one before it are both seen when they come at once', async ({
  world
}) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const page = await world.app('alice')
  await conversation(page, 'bob')
  await expect(page.getByText('This is the beginning of bob.')).toBeVisible()
  // The program tells of both before the browser has laid out the list that the first one brings.
  await page.evaluate(async () => {
    const { go, wails } = window as unknown as Window
    const { seq } = await go.main.App.Snapshot()
    const conversation = localStorage.getItem('gossip.conversation')
    const tell = (n: number, text: string, position: string) => {
      const who = { conversation, from_name: 'bob', state: 'received' }
      const what = { id: `m_${text}`, text, position, sent_at: new Date().toISOString() }
      const change = { seq: seq + n, type: 'message', conversation, message: { ...who, ...what } }
      wails.EventsNotify(JSON.stringify({ name: 'gossip', data: [change] }))
    }
    tell(1, 'second', '2')
    for (let n = 0; n < 100; n++) await Promise.resolve()
    tell(2, 'first', '1')
  })
  await expect(row(page, /first|second/)).toHaveText([/first/, /second/])
})
