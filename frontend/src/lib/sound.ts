let context: AudioContext | undefined

/** sound is what everything is heard through; a system may hold it until the person has done something. */
function sound(): AudioContext {
  context ??= new AudioContext()
  void context.resume()
  return context
}

/** chime plays two short soft notes, made here: there is no sound file to load. */
export function chime(): void {
  const { destination } = sound()
  note(destination, 659.25, 0)
  note(destination, 880, 0.09)
}

/** ring plays a short rising tune again and again until the returned function is called. */
export const ring = () => again(3_000, rise)

/** ringback plays what is heard while it rings at the other end, until the returned function is called. */
export const ringback = () => again(4_000, (to) => hum(to, 425, 1))

function rise(to: AudioNode): void {
  for (const [place, frequency] of [523.25, 659.25, 783.99].entries())
    note(to, frequency, place * 0.18)
  note(to, 659.25, 0.8)
  note(to, 783.99, 0.98)
}

/** How fast a tune falls silent that is ended: at once, but without a click; in seconds. */
const fall = 0.02

/** again plays something every so many milliseconds until the returned function is called. */
function again(every: number, play: (to: AudioNode) => void): () => void {
  const audio = sound()
  const out = audio.createGain()
  out.connect(audio.destination)
  const once = () => {
    void audio.resume()
    play(out)
  }
  once()
  const timer = setInterval(once, every)
  return () => {
    clearInterval(timer)
    out.gain.setTargetAtTime(0, audio.currentTime, fall)
    setTimeout(() => out.disconnect(), 10 * fall * 1_000)
  }
}

/** note plays a frequency in hertz, so many seconds from now, fading in and out without a click. */
function note(to: AudioNode, frequency: number, delay: number): void {
  const start = to.context.currentTime + delay
  const { gain } = tone(to, frequency, start, 0.32)
  gain.linearRampToValueAtTime(0.12, start + 0.015)
  gain.exponentialRampToValueAtTime(0.0001, start + 0.3)
}

/** hum plays a frequency for so many seconds, softly. */
function hum(to: AudioNode, frequency: number, seconds: number): void {
  const start = to.context.currentTime
  const { gain } = tone(to, frequency, start, seconds + 0.1)
  gain.linearRampToValueAtTime(0.05, start + 0.05)
  gain.setValueAtTime(0.05, start + seconds)
  gain.linearRampToValueAtTime(0, start + seconds + 0.05)
}

/** tone begins a tone that cannot be heard yet, and gives its volume. */
function tone(to: AudioNode, frequency: number, start: number, seconds: number): GainNode {
  const source = to.context.createOscillator()
  const volume = to.context.createGain()
  source.frequency.value = frequency
  volume.gain.setValueAtTime(0, start)
  source.connect(volume).connect(to)
  source.start(start)
  source.stop(start + seconds)
  return volume
}
