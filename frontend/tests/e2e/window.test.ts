import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { binary, Process } from './processes'
import { expect, test, type World } from './world'

// The window itself, as a person has it: WebKitGTK and not a browser, keys and pictures through X11. Everything else is
// tested through the development build (see world.ts).
const run = promisify(execFile)
const reference = fileURLToPath(new URL('window.png', import.meta.url))

/** How far a picture may be from the reference, of 1: clocks and fonts differ, an empty or broken window by far more. */
const tolerance = 0.1

/** open starts the real program and returns the id of its window once X11 shows it. */
async function open(world: World, name: string): Promise<string> {
  const program = new Process(
    binary('gossip'),
    ['--key-file', '--hub', world.address, '--name', name],
    {
      env: {
        ...process.env,
        GOSSIP_PROFILE: join(world.folder, name),
        DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1'
      }
    }
  )
  world.add(program)
  const { stdout } = await run('xdotool', [
    ...['search', '--sync', '--onlyvisible', '--name', 'Gossip']
  ])
  return stdout.trim().split('\n').at(-1) ?? ''
}

/** distance is how far two pictures of the window are from each other, from 0 (the same) to 1. */
async function distance(one: string, other: string): Promise<number> {
  const blurred = ['-resize', '25%', '-colorspace', 'gray']
  const args = ['-metric', 'RMSE', `(`, one, ...blurred, ')', '(', other, ...blurred, ')', 'null:']
  const { stderr } = await run('compare', args).catch((failed: { stderr: string }) => failed)
  return Number(/\(([\d.e-]+)\)/.exec(stderr)?.[1] ?? 1)
}

test('the window opens, shows the conversation and sends what is typed', async ({ world }) => {
  test.setTimeout(120_000)
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const window = await open(world, 'alice')
  await expect(async () => expect(await world.cli('bob', 'who')).toContain('alice')).toPass()
  await world.cli('bob', 'send', '#general', 'Can you see me?')

  const text = 'Typed into the real window'
  await run('xdotool', ['windowsize', '--sync', window, '1080', '720'])
  await expect(async () => {
    await run('xdotool', ['windowfocus', '--sync', window, 'key', 'ctrl+a'])
    await run('xdotool', ['type', '--delay', '20', text])
    await run('xdotool', ['key', 'Return'])
    expect(await world.cli('bob', 'history', '#general', '--sync')).toContain(text)
  }).toPass({ timeout: 60_000 })

  const picture = join(world.folder, 'window.png')
  await expect(async () => {
    await run('import', ['-window', window, picture])
    if (process.env.PICTURES) await run('cp', [picture, reference])
    expect(await distance(picture, reference)).toBeLessThan(tolerance)
  }).toPass({ timeout: 20_000 })
})
