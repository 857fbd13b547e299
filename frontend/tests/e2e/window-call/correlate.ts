import { rate, type Recording } from './sound'

/** Likeness is how alike what was said and what was heard are, 1 being the same, and how much later it was heard. */
export interface Likeness {
  correlation: number
  /** Milliseconds. */
  delay: number
}

/** The longest delay that is looked for, in milliseconds. */
const longest = 600

/** compare finds the delay at which what was heard is most like what was said: the waves themselves, sample by sample. */
export function compare(said: Recording, heard: Recording): Likeness {
  const [one, other] = aligned(said, heard)
  return best(one, other, rate)
}

/** compareInPieces does the same for each piece of so many milliseconds that has sound, and gives their mean, weighted by energy. */
export function compareInPieces(said: Recording, heard: Recording, milliseconds = 400): Likeness {
  const [one, other] = aligned(said, heard)
  const size = Math.round((milliseconds * rate) / 1000)
  const pieces: (Likeness & { weight: number })[] = []
  for (let at = 0; at + size <= one.length; at += size) {
    const piece = one.subarray(at, at + size)
    const weight = energy(piece)
    const later = other.subarray(at, at + size + (longest * rate) / 1000)
    if (weight / size > 1e-5) pieces.push({ ...best(piece, later, rate), weight })
  }
  const all = pieces.reduce((sum, piece) => sum + piece.weight, 0)
  const mean = pieces.reduce((sum, piece) => sum + (piece.correlation * piece.weight) / all, 0)
  const delays = pieces.map((piece) => piece.delay).sort((a, b) => a - b)
  return { correlation: mean, delay: delays[Math.floor(delays.length / 2)] ?? NaN }
}

/** compareEnvelopes compares how loud it was, in steps of 5 ms. */
export function compareEnvelopes(said: Recording, heard: Recording): Likeness {
  const [one, other] = aligned(said, heard)
  return best(envelope(one), envelope(other), 200)
}

/** loudness is the mean power of a recording's last milliseconds in decibels below full scale. */
export function loudness({ samples }: Recording): number {
  return 10 * Math.log10(energy(samples) / Math.max(samples.length, 1) + 1e-12)
}

/** aligned cuts both so that they begin at the same moment. */
function aligned(said: Recording, heard: Recording): [Float32Array, Float32Array] {
  const later = Math.round(((heard.begin - said.begin) * rate) / 1000)
  return [said.samples.subarray(Math.max(later, 0)), heard.samples.subarray(Math.max(-later, 0))]
}

/** best finds the delay of the highest correlation among all, 0 to `longest`. */
function best(said: Float32Array, heard: Float32Array, samplesASecond: number): Likeness {
  const length = Math.min(said.length, heard.length)
  const lags = Math.min(Math.round((longest * samplesASecond) / 1000), heard.length - 1)
  const own = energy(said.subarray(0, length))
  let other = energy(heard.subarray(0, length))
  let result: Likeness = { correlation: 0, delay: 0 }
  for (let lag = 0; lag <= lags; lag++) {
    const correlation =
      product(said, heard.subarray(lag, lag + length)) / Math.sqrt(own * other + 1e-9)
    if (correlation > result.correlation)
      result = { correlation, delay: (lag * 1000) / samplesASecond }
    other += (heard[lag + length] ?? 0) ** 2 - (heard[lag] ?? 0) ** 2
  }
  return result
}

/** envelope is how loud each 5 ms were, without its mean. */
function envelope(samples: Float32Array): Float32Array {
  const step = rate / 200
  const levels = Float32Array.from({ length: Math.floor(samples.length / step) }, (_, at) =>
    Math.sqrt(energy(samples.subarray(at * step, (at + 1) * step)) / step)
  )
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length
  return levels.map((level) => level - mean)
}

const energy = (samples: Float32Array): number => product(samples, samples)

/** product is the sum of the products of what stands at the same place in both. */
function product(one: Float32Array, other: Float32Array): number {
  const length = Math.min(one.length, other.length)
  let sum = 0
  for (let at = 0; at < length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0)
  return sum
}
