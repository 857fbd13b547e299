import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { expect, row, test } from './world'

// How smooth a history of 100,000 messages is, and how soon the palette is there, in the browser:
// SPEED=1 npm run e2e speed, on a quiet machine. A test run does not measure: its figures would be those of what else runs.
test.skip(!process.env.SPEED, 'only SPEED=1 measures')
test.setTimeout(600_000)

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const count = process.env.SPEED === '1' ? '100000' : (process.env.SPEED ?? '')

/** Gaps are the times between frames while something goes on, in milliseconds. */
async function gaps(page: Page, work: () => Promise<void>): Promise<string> {
  await page.evaluate(() => {
    const told = ((window as never as { gaps: number[] }).gaps = [] as number[])
    let last = performance.now()
    const frame = (now: number) => {
      told.push(now - last)
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await work()
  const all = await page.evaluate(() => (window as never as { gaps: number[] }).gaps)
  const sorted = all.slice(2).sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)
  return `${sorted.length} frames, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`
}

async function wheel(page: Page, by: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await page.mouse.wheel(0, by)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}

test('a history of 100,000 messages opens and scrolls', async ({ world }) => {
  await world.startHub()
  await world.cli('bob', 'join', world.address, '--name', 'bob')
  const first = await world.app('alice')
  await expect(first.getByRole('heading', { name: '#general' })).toBeVisible()
  await world.cli('bob', 'send', '#general', 'the newest')
  await expect(row(first, 'the newest')).toBeVisible()
  await first.close()
  await world.closeApp('alice')
  const fill = ['-fill', join(world.folder, 'alice'), '-fill-messages', count]
  await run('go', ['test', './backend/backendtest', '-run', 'TestFillProfile', '-args', ...fill], {
    cwd: root
  })

  const page = await world.app('alice')
  await expect(page.locator('[data-message]').first()).toBeVisible()
  const opened = await page.evaluate(() => performance.now())
  console.log(`first rows ${opened.toFixed(0)} ms after the page began to load`)
  await page.getByRole('log').hover()
  await wheel(page, -120, 60)
  console.log('slowly up:', await gaps(page, () => wheel(page, -120, 400)))
  console.log('fast up:', await gaps(page, () => wheel(page, -400, 400)))
  console.log('fast down:', await gaps(page, () => wheel(page, 400, 300)))
  expect(await page.locator('[data-message]').count()).toBeLessThan(80)
})

test('the palette opens', async ({ world }) => {
  await world.startHub()
  const page = await world.app('alice')
  await expect(page.getByRole('heading', { name: '#general' })).toBeVisible()
  const times: number[] = []
  for (let n = 0; n < 8; n++) {
    times.push(
      await page.evaluate(async () => {
        const start = performance.now()
        const key = { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }
        document.body.dispatchEvent(new KeyboardEvent('keydown', key))
        while (!document.querySelector('dialog[open] [role=option]')) await Promise.resolve()
        document.body.getBoundingClientRect()
        return performance.now() - start
      })
    )
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
  }
  const told = times.map((one) => one.toFixed(1)).join(' ')
  console.log('the palette is there after so many milliseconds:', told)
  // The fastest half: what a machine that does other things adds is none of the palette's.
  expect(times.sort((a, b) => a - b)[3], `milliseconds: ${told}`).toBeLessThan(50)
})
