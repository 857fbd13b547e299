import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = process.env.GOSSIP_BIN ?? fileURLToPath(new URL('../../../build/bin', import.meta.url))

/** binary is the path of one of the programs that `make e2e` has built, or of another build's. */
export const binary = (name: string) => join(bin, name)

/** Process is a program that a test has started, with what it wrote. */
export class Process {
  readonly name: string
  output = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  constructor(command: string, args: string[], options: SpawnOptions = {}) {
    this.name = [command.split('/').at(-1), ...args].join(' ')
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options })
    this.#ended = once(this.#child, 'exit')
    // A program may end without having read its input; its exit code tells whether that was right.
    this.#child.stdin?.on('error', () => undefined)
    const take = (text: Buffer) => (this.output += text.toString())
    this.#child.stdout?.on('data', take)
    this.#child.stderr?.on('data', take)
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** done gives the program its input, waits for its end and gives what was written; it throws when the program failed. */
  async done(input = ''): Promise<string> {
    this.#child.stdin?.end(input)
    if (this.running) await this.#ended
    if (this.#child.exitCode !== 0) throw new Error(this.output)
    return this.output
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.running) return
    this.#child.kill(signal)
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 8_000)
    await this.#ended
    clearTimeout(late)
  }
}

/** freePort is a port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** listening waits until a port takes connections. */
export async function listening(port: number, process: Process): Promise<void> {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    if (!process.running) break
    if (await takes(port)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`nothing listens on port ${port}:\n${process.output}`)
}

function takes(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
