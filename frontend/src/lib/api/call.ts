import { messages } from '../messages'
import { ApiError, toApiError } from './errors'

/** Most calls only read or write the local store. */
export const soon = 10_000
/** A call that waits for a hub: a connection and a login take at most 30 s on the other side. */
export const network = 45_000

/** call waits for a bound call at most the given milliseconds, and throws only ApiError. */
export async function call<T>(bound: () => Promise<unknown>, limit = soon): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ApiError(messages.errors.timeout)), limit)
  })
  try {
    return (await Promise.race([bound(), late])) as T
  } catch (cause) {
    throw toApiError(cause)
  } finally {
    clearTimeout(timer)
  }
}
