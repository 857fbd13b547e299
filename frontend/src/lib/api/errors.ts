import { messages } from '../messages'

/** ApiError is what every failed call throws: its message is a sentence for the person. */
export class ApiError extends Error {
  override name = 'ApiError'
}

/** toApiError makes a sentence of whatever a bound call was rejected with (Wails gives text). */
export function toApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  const text = cause instanceof Error ? cause.message : String(cause ?? '')
  return new ApiError(sentence(text) || messages.errors.unknown)
}

/** sentence gives Go's error texts, lower case and unpunctuated by custom, a person's form. */
function sentence(text: string): string {
  const trimmed = text.trim()
  if (!trimmed) return ''
  const closed = /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`
  return closed.charAt(0).toUpperCase() + closed.slice(1)
}
