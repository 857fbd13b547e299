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
