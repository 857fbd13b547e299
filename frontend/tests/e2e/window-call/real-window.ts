import type { Browser } from '@playwright/test'
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { binary, freePort, Process } from '../processes'
import { expect, type World } from '../world'
import { Inspector } from './inspector'

const run = promisify(execFile)

/** RealWindow is the program as a person has it, WebKitGTK on a display of its own, driven by keys and the mouse. */
export class RealWindow {
  readonly program: Process
  readonly page: Inspector
  readonly #display: string
  readonly #window: string

  private constructor(program: Process, page: Inspector, display: string, window: string) {
    this.program = program
    this.page = page
    this.#display = display
    this.#window = window
  }

  /** open starts the program with the person's profile, which must be there. */
  static async open(
    world: World,
    browser: Browser,
    name: string,
    more: NodeJS.ProcessEnv,
    dark = false
  ) {
    const display = await openDisplay(world)
    const inspector = await freePort()
    const profile = join(world.folder, name)
    await mkdir(profile, { recursive: true })
    await writeFile(join(profile, 'gossip_settings.json'), JSON.stringify({ callChecked: true }))
    const environment = {
      ...process.env,
      DISPLAY: display,
      GTK_THEME: dark ? 'Adwaita:dark' : 'Adwaita',
      WEBKIT_INSPECTOR_HTTP_SERVER: `127.0.0.1:${inspector}`,
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      ...more
    }
    const args = ['--profile', profile, '--key-file']
    const program = new Process(binary('gossip-inspected'), args, { env: environment })
    world.add(program)
    const page = await Inspector.attach(browser, inspector)
    const search = ['search', '--sync', '--onlyvisible', '--name', 'Gossip']
    const { stdout } = await run('xdotool', search, { env: { ...process.env, DISPLAY: display } })
    const window = new RealWindow(program, page, display, stdout.trim().split('\n').at(-1) ?? '')
    await window.#xdotool('windowsize', '--sync', window.#window, '1080', '720')
    return window
  }

  /** keys presses keys as X11 names them, such as alt+c. */
  async keys(...names: string[]): Promise<void> {
    await this.#xdotool('windowfocus', '--sync', this.#window, 'key', '--delay', '60', ...names)
  }

  /** keysFor presses keys until the window shows a text in a part of it: a busy X server may lose a key. */
  async keysFor(keys: string, text: string | RegExp, selector: string): Promise<void> {
    await expect(async () => {
      await this.keys(keys)
      await this.shows(text, selector, 6_000)
    }).toPass({ timeout: 30_000 })
  }

  /** click clicks on what a selector finds first. */
  async click(selector: string): Promise<void> {
    await this.#clickAt(await this.page.evaluate(middle, { selector }), selector)
  }

  /** press clicks on the button of that name. */
  async press(name: string): Promise<void> {
    await this.#clickAt(await this.page.evaluate(middle, { selector: 'button', name }), name)
  }

  async #clickAt(place: number[] | undefined, what: string): Promise<void> {
    if (!place) throw new Error(`${what} is not in the window`)
    const move = ['mousemove', '--window', this.#window, ...place.map(String), 'click', '1']
    await this.#xdotool('windowfocus', '--sync', this.#window, ...move)
  }

  /** text is what the window shows in a part of it. */
  async text(selector = 'body'): Promise<string> {
    return this.page.evaluate(
      (wanted) =>
        [...document.querySelectorAll<HTMLElement>(wanted)].map((one) => one.innerText).join('\n'),
      selector
    )
  }

  /** shows waits until the window shows a text in a part of it. */
  async shows(text: string | RegExp, selector = 'body', timeout = 20_000): Promise<void> {
    const wanted =
      typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text)
    await expect.poll(() => this.text(selector), { timeout }).toEqual(wanted)
  }

  /** picture takes a picture of the whole window into a file, without what the mouse points at. */
  async picture(file: string): Promise<void> {
    await this.#xdotool('mousemove', '0', '0')
    await run('import', ['-display', this.#display, '-window', this.#window, file])
  }

  /** hide takes the window off the screen as the button for it does. */
  async hide(): Promise<void> {
    await this.#xdotool('windowminimize', '--sync', this.#window)
  }

  /** onScreen says whether the window can be seen. */
  async onScreen(): Promise<boolean> {
    const search = ['search', '--onlyvisible', '--name', 'Gossip']
    return this.#xdotool(...search).then(
      () => true,
      () => false
    )
  }

  /** close closes the window by its desktop's key for that. */
  async close(): Promise<void> {
    await this.page.close()
    await this.keys('alt+F4')
  }

  async #xdotool(...args: string[]): Promise<void> {
    await run('xdotool', args, { env: { ...process.env, DISPLAY: this.#display } })
  }
}

/** middle is where the first element is that a selector finds and, when a name is given, is called so. It runs in the window. */
function middle({ selector, name }: { selector: string; name?: string }): number[] | undefined {
  const called = (one: HTMLElement) =>
    !name || (one.getAttribute('aria-label') ?? one.innerText).trim() === name
  const found = [...document.querySelectorAll<HTMLElement>(selector)]
    .filter((one) => called(one) && one.checkVisibility())
    .at(0)
    ?.getBoundingClientRect()
  return found && [Math.round(found.x + found.width / 2), Math.round(found.y + found.height / 2)]
}

/** openDisplay starts an X server with a window manager, and returns its name. */
async function openDisplay(world: World): Promise<string> {
  const screen = ['-screen', '0', '1100x760x24', '-nolisten', 'tcp']
  const server = new Process('Xvfb', ['-displayfd', '1', ...screen])
  world.add(server)
  await expect.poll(() => server.output, { message: 'Xvfb starts' }).toMatch(/\d+\n/)
  const display = `:${/(\d+)\n/.exec(server.output)?.[1]}`
  world.add(new Process('openbox', [], { env: { ...process.env, DISPLAY: display } }))
  return display
}
