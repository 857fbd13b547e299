import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Above so many milliseconds a machine is too busy for its sound and pictures to be judged in real time. */
export const tooLate = 60

/** lateness does some work and says by how many milliseconds this process was woken too late meanwhile, at most. */
export async function lateness(work: () => Promise<void>): Promise<number> {
  const resolution = 10
  const delays = monitorEventLoopDelay({ resolution })
  delays.enable()
  await work()
  delays.disable()
  return Math.max(Math.round(delays.max / 1e6) - resolution, 0)
}
