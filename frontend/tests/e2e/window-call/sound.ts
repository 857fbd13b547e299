import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Process } from '../processes'
import { expect, type World } from '../world'

const run = promisify(execFile)

/** Samples a second of everything that is recorded: most of speech is below 4 kHz. */
export const rate = 8_000

/** missing names the programs that the journey needs and this computer has not. */
export function missing(...programs: string[]): string[] {
  return programs.filter((one) => spawnSync('which', [one]).status !== 0)
}

/** Recording is what one device gave, and when. */
export interface Recording {
  samples: Float32Array
  /** Milliseconds since 1970 of its first sample. */
  begin: number
}

/** SoundServer is a PulseAudio with a mouth, which is heard by the microphone, and an ear, the speaker, for each person. */
export class SoundServer {
  readonly #environment: NodeJS.ProcessEnv
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.#environment = {
      ...process.env,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      XDG_CONFIG_HOME: folder,
      PULSE_SERVER: `unix:${join(folder, 'sound')}`
    }
  }

  static async start(world: World, ...people: string[]): Promise<SoundServer> {
    const sound = new SoundServer(world.folder)
    const socket = `socket=${join(world.folder, 'sound')}`
    const sinks = people.flatMap((one) => [`${one}-mouth`, `${one}-ear`])
    const server = new Process(
      'pulseaudio',
      [
        ...[
          '-n',
          '--daemonize=no',
          '--realtime=no', // with it the kernel kills the server on a machine that can't keep up
          '--exit-idle-time=-1',
          '--disallow-exit',
          '--log-target=stderr'
        ],
        ...['-L', `module-native-protocol-unix auth-anonymous=1 ${socket}`],
        ...sinks.flatMap((one) => ['-L', `module-null-sink sink_name=${one} rate=48000 channels=1`])
      ],
      { env: sound.#environment }
    )
    world.add(server)
    await expect(() => run('pactl', ['info'], { env: sound.#environment })).toPass({
      timeout: 20_000
    })
    return sound
  }

  /** devices is what makes a program use a person's microphone and speaker. */
  devices(person: string): NodeJS.ProcessEnv {
    const { PULSE_SERVER } = this.#environment
    return { PULSE_SERVER, PULSE_SINK: `${person}-ear`, PULSE_SOURCE: `${person}-mouth.monitor` }
  }

  /** speech has a text spoken into a file. */
  async speech(name: string, voice: string, text: string): Promise<string> {
    const file = join(this.#folder, name)
    await run('espeak-ng', ['-v', voice, '-s', '150', '-w', file, text])
    return file
  }

  /** say plays a file into a person's microphone and returns when it is over. */
  async say(person: string, file: string): Promise<void> {
    const args = [`--device=${person}-mouth`, file]
    await run('paplay', args, { env: this.#environment })
  }

  /** record begins to record what goes in or out of a person: the mouth or the ear. */
  record(person: string, part: 'mouth' | 'ear'): Recorder {
    const format = ['--format=float32le', `--rate=${rate}`, '--channels=1', '--latency-msec=10']
    const args = [`--device=${person}-${part}.monitor`, ...format]
    return new Recorder(spawn('parec', args, { env: this.#environment }))
  }
}

/** Recorder collects what a device gives until it is stopped. */
export class Recorder {
  readonly #child: ChildProcess
  readonly #pieces: Buffer[] = []
  #length = 0
  /** Of all pieces the earliest that the recording can have begun: the others came late by chance. */
  #begin = Infinity

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.on('data', (piece: Buffer) => {
      const now = Date.now()
      this.#pieces.push(piece)
      this.#length += piece.length
      this.#begin = Math.min(this.#begin, now - (this.#length / 4 / rate) * 1000)
    })
  }

  /** begun waits for the first sound, which may be silence. */
  async begun(): Promise<void> {
    await expect.poll(() => this.#length, { message: 'the device gives sound' }).toBeGreaterThan(0)
  }

  /** sofar is what was recorded until now. */
  sofar(): Recording {
    const all = Buffer.concat(this.#pieces)
    const samples = new Float32Array(Math.floor(all.length / 4))
    for (let at = 0; at < samples.length; at++) samples[at] = all.readFloatLE(at * 4)
    return { samples, begin: this.#begin }
  }

  /** stop ends the recording. */
  stop(): Recording {
    this.#child.kill()
    return this.sofar()
  }
}
