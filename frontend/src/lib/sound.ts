let context: AudioContext | undefined

/** chime plays two short soft notes, made here: there is no sound file to load. */
export function chime(): void {
  context ??= new AudioContext()
  void context.resume()
  note(context, 659.25, 0)
  note(context, 880, 0.09)
}

/** note plays a frequency in hertz, so many seconds from now, fading in and out without a click. */
function note(audio: AudioContext, frequency: number, delay: number): void {
  const start = audio.currentTime + delay
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(0, start)
  volume.gain.linearRampToValueAtTime(0.12, start + 0.015)
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.3)
  tone.connect(volume).connect(audio.destination)
  tone.start(start)
  tone.stop(start + 0.32)
}

/** How often a ring is heard, in milliseconds. */
const ringEvery = 3_000

/** ring plays a short rising tune again and again until the returned function is called. */
export function ring(): () => void {
  const once = () => {
    context ??= new AudioContext()
    void context.resume()
    for (const [delay, frequency] of [523.25, 659.25, 783.99].entries())
      note(context, frequency, delay * 0.18)
    note(context, 659.25, 0.8)
    note(context, 783.99, 0.98)
  }
  once()
  const timer = setInterval(once, ringEvery)
  return () => clearInterval(timer)
}
