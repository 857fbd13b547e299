/**
 * seldom makes of a work one that is done at once, and at most once more each rest (milliseconds)
 * however often it is asked for meanwhile: the last asking is always followed by a run.
 */
export function seldom(work: () => Promise<unknown>, rest: number): () => void {
  let busy = false
  let again = false

  async function run(): Promise<void> {
    busy = true
    do {
      again = false
      await work()
      await new Promise((resolve) => setTimeout(resolve, rest))
    } while (again)
    busy = false
  }
  return () => {
    if (busy) again = true
    else void run()
  }
}
