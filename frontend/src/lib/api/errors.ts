import { messages } from '../messages'
import { plain } from '../sentences'

/** ApiError is what every failed call throws: its message is a sentence for the person. */
export class ApiError extends Error {
  override name = 'ApiError'
}

/** toApiError makes a sentence of whatever a bound call was rejected with (Wails gives text). */
export function toApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  const text = cause instanceof Error ? cause.message : String(cause ?? '')
  return new ApiError(plain(text) || messages.errors.unknown)
}
