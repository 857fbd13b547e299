import type { Browser, Page } from '@playwright/test'

/** What the page that holds the socket offers; it runs in Chromium. */
type Inspecting = typeof globalThis & { inspect: (expression: string) => Promise<unknown> }

/**
 * Inspector looks into a window through WebKit's remote inspector, which a program built with the tag `devtools` opens where
 * WEBKIT_INSPECTOR_HTTP_SERVER says. It reads and counts; what a person does goes through X11.
 */
export class Inspector {
  readonly #page: Page

  private constructor(page: Page) {
    this.#page = page
  }

  /** attach waits until the window has its page. A page of Chromium holds the socket: Node 20 has none. */
  static async attach(browser: Browser, port: number): Promise<Inspector> {
    const page = await browser.newPage()
    const socket = await found(page, port)
    await page.evaluate(connect, `ws://127.0.0.1:${port}${socket}`)
    return new Inspector(page)
  }

  /** evaluate runs a function in the window and returns what it gives at once. */
  async evaluate<R, A = undefined>(run: (given: A) => R, given?: A): Promise<R> {
    const expression = `(${run.toString()})(${JSON.stringify(given) ?? ''})`
    return (await this.#page.evaluate(
      (text) => (globalThis as Inspecting).inspect(text),
      expression
    )) as R
  }

  async close(): Promise<void> {
    await this.#page.close()
  }
}

/** found is where the inspector's socket for the window is. */
async function found(page: Page, port: number): Promise<string> {
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline) {
    const answer = await page.goto(`http://127.0.0.1:${port}/`).catch(() => undefined)
    const socket = /\/socket\/\d+\/\d+\/WebPage/.exec((await answer?.text()) ?? '')
    if (socket) return socket[0]
    await page.waitForTimeout(200)
  }
  throw new Error(`no window shows a page to the inspector on port ${port}`)
}

/** connect opens the socket and leaves `inspect` behind. */
async function connect(url: string): Promise<void> {
  const socket = new WebSocket(url)
  const waiting = new Map<number, (message: unknown) => void>()
  let last = 0
  const target = await new Promise<string>((resolve, reject) => {
    socket.onerror = () => reject(new Error('the inspector refuses'))
    socket.onmessage = ({ data }) => {
      const { method, params } = JSON.parse(data as string)
      if (method === 'Target.targetCreated') resolve(params.targetInfo.targetId)
      if (method !== 'Target.dispatchMessageFromTarget') return
      const message = JSON.parse(params.message)
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    }
  })
  const ask = (method: string, params: object) => {
    const id = ++last
    const message = JSON.stringify({ id, method, params })
    const outer = {
      id,
      method: 'Target.sendMessageToTarget',
      params: { targetId: target, message }
    }
    return new Promise<unknown>((resolve) => {
      waiting.set(id, resolve)
      socket.send(JSON.stringify(outer))
    })
  }
  Object.assign(globalThis, {
    inspect: async (expression: string) => {
      const answer = (await ask('Runtime.evaluate', { expression, returnByValue: true })) as {
        error?: { message: string }
        result?: { result: { value?: unknown; description?: string }; wasThrown?: boolean }
      }
      if (answer.error) throw new Error(answer.error.message)
      if (answer.result?.wasThrown) throw new Error(answer.result.result.description)
      return answer.result?.result.value
    }
  })
}
