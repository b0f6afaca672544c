import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Bun runs the sources, Node what was built from them. */
const MAIN = fileURLToPath(
  new URL(process.versions['bun'] === undefined ? '../../dist/main.js' : '../main.ts', import.meta.url),
)

export interface Environment {
  readonly [name: string]: string
}

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly errors: string
}

/** The command line as a person starts it: a process of its own. */
export class HoldfastProcess implements AsyncDisposable {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  out = ''
  errors = ''

  constructor(words: readonly string[], environment: Environment) {
    const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
    // Through env(1), which becomes the program, so that everything else is as in this process.
    this.#child = spawn('env', [...given, process.execPath, MAIN, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.out += chunk))
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.errors += chunk))
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (code) => resolve({ code, out: this.out, errors: this.errors })),
    )
  }

  /** The first group of what it is waited for to print; rejects where it ends before that. */
  prints(pattern: RegExp): Promise<string> {
    const found = new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const group = pattern.exec(this.out)?.[1]
        if (group !== undefined) resolve(group)
      }
      this.#child.stdout?.on('data', look)
      void this.ended.then(({ code }) =>
        reject(new Error(`It ended with ${code}: ${this.out}${this.errors}`)),
      )
    })
    found.catch(() => undefined)
    return found
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.ended
  }
}

export function holdfast(words: readonly string[], environment: Environment): Promise<Ended> {
  return new HoldfastProcess(words, environment).ended
}
