import type { Change, Snapshot } from '$lib/api'
import { Feed } from '$lib/state/feed'
import { expect, test, vi } from 'vitest'
import { arrival, message, snapshot } from './people'

/** A program whose snapshots are given one by one, and a sink that writes down what it is told. */
function scene() {
  const waiting: ((value: Snapshot) => void)[] = []
  const told: string[] = []
  let emit: (change: Change) => void = () => undefined
  const feed = new Feed(
    {
      snapshot: () => new Promise((resolve) => waiting.push(resolve)),
      subscribe: (take) => {
        emit = take
        return () => (emit = () => undefined)
      }
    },
    {
      load: (loaded) => told.push(`load ${loaded.seq}`),
      apply: (change) => told.push(`apply ${change.seq}`),
      fail: (cause) => told.push(String(cause))
    }
  )
  const answer = async (seq: number) => {
    await vi.waitFor(() => expect(waiting).not.toHaveLength(0))
    waiting.shift()?.(snapshot(seq))
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { feed, told, answer, asked: () => waiting.length, emit: (c: Change) => emit(c) }
}

test('applies what came while the snapshot was taken, and not what it holds already', async () => {
  const { feed, told, answer, emit } = scene()
  feed.start()
  for (const seq of [4, 5, 6, 7]) emit(arrival(seq, message(seq)))
  await answer(5)
  expect(told).toEqual(['load 5', 'apply 6', 'apply 7'])
})

test('loads everything anew when a change is missing', async () => {
  const { feed, told, answer, emit } = scene()
  feed.start()
  await answer(0)
  emit(arrival(1, message(1)))
  emit(arrival(3, message(3)))
  emit(arrival(4, message(4)))
  await answer(4)
  emit(arrival(5, message(5)))
  expect(told).toEqual(['load 0', 'apply 1', 'load 4', 'apply 5'])
})

test('puts two changes that came the wrong way round in order', async () => {
  const { feed, told, answer, emit, asked } = scene()
  feed.start()
  await answer(0)
  for (const seq of [2, 3, 1, 4]) emit(arrival(seq, message(seq)))
  expect(told).toEqual(['load 0', 'apply 1', 'apply 2', 'apply 3', 'apply 4'])
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(asked()).toBe(0)
})

test('ignores what it has applied', async () => {
  const { feed, told, answer, emit } = scene()
  feed.start()
  await answer(3)
  emit(arrival(2, message(2)))
  expect(told).toEqual(['load 3'])
})

test('asks again when the list of conversations changed', async () => {
  const { feed, told, answer, emit, asked } = scene()
  feed.start()
  await answer(0)
  emit({ seq: 1, type: 'conversations' })
  expect(asked()).toBe(1)
  await answer(1)
  expect(told).toEqual(['load 0', 'apply 1', 'load 1'])
})

test('takes one more snapshot when it is asked while one is taken', async () => {
  const { feed, told, answer, asked } = scene()
  feed.start()
  void feed.reload()
  void feed.reload()
  await answer(1)
  await answer(2)
  expect(asked()).toBe(0)
  expect(told).toEqual(['load 1', 'load 2'])
})

test('hears nothing after it was stopped', async () => {
  const { feed, told, answer, emit } = scene()
  const stop = feed.start()
  await answer(0)
  stop()
  emit(arrival(1, message(1)))
  expect(told).toEqual(['load 0'])
})
