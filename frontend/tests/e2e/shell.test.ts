import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { binary, Process } from './processes'
import { accessible, conversation, expect, listed, row, test, write, type World } from './world'

// What the desktop around the window does: links, a second start, a hub of one's own.

/** sessionBus starts a bus as every desktop has one, and gives the environment of programs that use it. */
async function sessionBus(world: World): Promise<NodeJS.ProcessEnv> {
  const bus = new Process('dbus-daemon', [
    '--session',
    '--nofork',
    '--nopidfile',
    '--print-address'
  ])
  world.add(bus)
  await expect(() => expect(bus.output).toMatch(/^unix:.*\n/m)).toPass()
  const address = /^unix:.*$/m.exec(bus.output)?.[0] ?? ''
  return { DBUS_SESSION_BUS_ADDRESS: address, NO_AT_BRIDGE: '1' }
}

/** secondStart starts the app once more for a profile that is open, and waits for its end. */
function secondStart(world: World, name: string, bus: NodeJS.ProcessEnv, ...args: string[]) {
  const environment = { ...process.env, ...bus, GOSSIP_PROFILE: join(world.folder, name) }
  const program = new Process(binary('gossip-dev'), args, { env: environment })
  world.add(program)
  return program.done()
}

/** Bound is what the program lends the page. */
interface Bound {
  go: { main: { App: { LocalHub(): Promise<{ link: string }> } } }
}

const link = 'gossip://hub.example:1999/#h=h_aebagaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'

test('a second start hands its link to the window that is open, which joins nothing by itself', async ({
  world
}) => {
  const bus = await sessionBus(world)
  await world.startHub()
  const page = await world.app('alice', { environment: bus })
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()

  await secondStart(world, 'alice', bus)
  await expect(page.getByRole('dialog')).toBeHidden()
  await secondStart(world, 'alice', bus, link)
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('textbox', { name: 'Invite link' })).toHaveValue(link)
  await accessible(page)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(page.getByText('hub.example')).toHaveCount(0)

  await secondStart(world, 'alice', bus, 'gossip://broken')
  await expect(page.getByText(/invite link is cut off/)).toBeVisible()
  const refused = secondStart(world, 'alice', bus, 'https://example.org')
  await expect(refused).rejects.toThrow(/no invite link/)
})

test("a hub of one's own has Echo, is there again at the next start, and ends with the app", async ({
  world
}) => {
  const own = { GOSSIP_OWN_HUB: '1', GOSSIP_NAME: 'alice' }
  let page = await world.app('alice', { joined: false, environment: own })
  await expect(listed(page, 'Echo')).toBeVisible()
  await conversation(page, 'Echo')
  await write(page, 'Is anybody there?')
  await expect(row(page, 'Is anybody there?')).toHaveCount(2)

  const record = await readFile(join(world.folder, 'alice', 'gossip_local_hub.json'), 'utf8')
  const { port } = JSON.parse(record) as { port: number }
  const stranger = world.cli('bob', 'join', `127.0.0.1:${port}`, '--name', 'bob')
  await expect(stranger).rejects.toThrow(/password/)
  const { link } = await page.evaluate(() => (window as unknown as Bound).go.main.App.LocalHub())
  await world.cli('bob', 'join', link, '--name', 'bob')
  await world.closeApp('alice')
  await expect(world.cli('bob', 'join', link)).rejects.toThrow(/nothing listens/)

  page = await world.app('alice', { joined: false })
  await world.cli('bob', 'send', '#general', 'You are back')
  await conversation(page, 'general')
  await expect(row(page, 'You are back')).toBeVisible()
})
