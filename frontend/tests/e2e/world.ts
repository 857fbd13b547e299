import AxeBuilder from '@axe-core/playwright'
import {
  expect,
  test as base,
  type Browser,
  type BrowserContext,
  type Page
} from '@playwright/test'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { binary, freePort, listening, Process } from './processes'

const dist = process.env.GOSSIP_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url))

interface Start {
  /** Joined to the world's hub under the app's name; without it the app opens at its first screen. */
  joined?: boolean
  width?: number
  height?: number
  dark?: boolean
  /** The profile's key is kept under a passphrase, as where there is no keyring. */
  passphrase?: boolean
  /** Settings that are kept already; that the first call needs no check is one of them. */
  settings?: object
  /** More for the program's environment. */
  environment?: NodeJS.ProcessEnv
}

/** World is one hub, the apps and command-line clients on it, and the folder they all write to. */
export class World {
  readonly folder: string
  readonly port: number
  readonly #browser: Browser
  #hub: Process | undefined
  #password = ''
  readonly #started: Process[] = []
  readonly #programs = new Map<string, Process>()
  readonly #contexts: BrowserContext[] = []

  constructor(folder: string, port: number, browser: Browser) {
    this.folder = folder
    this.port = port
    this.#browser = browser
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** startHub starts the hub, anew with the same data when it ran before. */
  async startHub(password = this.#password): Promise<void> {
    this.#password = password
    const args = ['-h', '127.0.0.1', '-p', `${this.port}`, '--data', join(this.folder, 'hub')]
    if (password) args.push('-k', password)
    this.#hub = new Process(binary('gossip-hub'), args)
    await listening(this.port, this.#hub)
  }

  /** killHub ends the hub as a power cut would. */
  async killHub(): Promise<void> {
    await this.#hub?.stop('SIGKILL')
  }

  /** app opens the real program with a profile of its own and shows its interface in a page. */
  async app(name: string, start: Start = {}): Promise<Page> {
    const { joined = true, width = 1080, height = 720, dark = false, passphrase = false } = start
    await this.#keep(name, { callChecked: true, ...start.settings })
    const port = await freePort()
    const environment = {
      ...process.env,
      assetdir: dist,
      devserver: `localhost:${port}`,
      loglevel: 'Error',
      GOSSIP_PROFILE: join(this.folder, name),
      // No keyring answers at this address, whatever the machine has.
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
      GOSSIP_KEY_FILE: passphrase ? '' : '1',
      // A browser's sandbox cannot start as root, which tests often are.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      ...(joined && {
        GOSSIP_NAME: name,
        GOSSIP_HUB: this.address,
        GOSSIP_PASSWORD: this.#password
      }),
      ...start.environment
    }
    const program = new Process(binary('gossip-dev'), [], { env: environment })
    this.#started.push(program)
    this.#programs.set(name, program)
    await listening(port, program)
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'en-GB'
    })
    this.#contexts.push(context)
    const page = await context.newPage()
    await page.goto(`http://localhost:${port}/`)
    return page
  }

  /** keep writes the settings of a profile that was never opened. */
  async #keep(name: string, settings: object): Promise<void> {
    const folder = join(this.folder, name)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, 'gossip_settings.json')
    await writeFile(file, JSON.stringify(settings), { flag: 'wx' }).catch(() => undefined)
  }

  /** closeApp ends the app of that name as closing its window does. */
  async closeApp(name: string): Promise<void> {
    await this.#programs.get(name)?.stop()
  }

  /** cli runs the command-line client with a profile of its own until it is done. */
  async cli(name: string, ...args: string[]): Promise<string> {
    return this.cliProcess(name, ...args).done()
  }

  /** cliProcess starts the command-line client and leaves it running. */
  cliProcess(name: string, ...args: string[]): Process {
    const profile = ['--profile', join(this.folder, `cli-${name}`)]
    const started = new Process(binary('gossip-cli'), [...profile, ...args])
    this.#started.push(started)
    return started
  }

  /** add has a program that a test has started itself stopped with the world. */
  add(program: Process): void {
    this.#started.push(program)
  }

  /** outputs is what each program wrote, for the report of a test that failed. */
  outputs(): string[] {
    const hub = this.#hub ? [this.#hub] : []
    return [...hub, ...this.#started].map((one) => `${one.name}\n${one.output}`)
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((one) => one.close()))
    await Promise.all(this.#started.map((one) => one.stop()))
    await this.#hub?.stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}

export const test = base.extend<{ world: World }>({
  world: async ({ browser }, use, testInfo) => {
    const folder = await mkdtemp(join(tmpdir(), 'gossip-e2e-'))
    const world = new World(folder, await freePort(), browser)
    await use(world)
    if (testInfo.status !== testInfo.expectedStatus)
      for (const body of world.outputs()) await testInfo.attach('output', { body })
    await world.close()
  }
})

/** accessible expects that axe finds nothing against WCAG 2.2 AA on the page. */
export async function accessible(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
  const told = violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`))
  expect(told).toEqual([])
}

/** listed is the line of a channel or a person in the list. */
export function listed(page: Page, name: string) {
  return page.getByRole('navigation', { name: 'Conversations' }).locator(`[data-name="${name}"]`)
}

/** conversation opens a channel or a person in the list. */
export async function conversation(page: Page, name: string): Promise<void> {
  await listed(page, name).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
}

/** write types a message and sends it with Enter. */
export async function write(page: Page, text: string): Promise<void> {
  const box = page.getByRole('textbox', { name: /^Message / })
  await box.fill(text)
  await box.press('Enter')
}

/** row is the row of the message with a text. */
export function row(page: Page, text: string | RegExp) {
  return page.getByRole('log').getByRole('listitem').filter({ hasText: text })
}

export { expect }
