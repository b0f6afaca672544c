import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Bun runs the sources, Node what was built from them. */
const MAIN = fileURLToPath(
  new URL(process.versions['bun'] === undefined ? '../../dist/main.js' : '../main.ts', import.meta.url),
)

export interface HubProcess extends AsyncDisposable {
  readonly pid: number
  /** All that it has printed so far. */
  out(): string
  errors(): string
  /** Resolves with the address once it is printed; rejects with what was printed where the process ends first. */
  address(): Promise<string>
  signal(name: NodeJS.Signals): void
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

export function newHome(): string {
  return mkdtempSync(join(tmpdir(), 'holdfast-home-'))
}

export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true })
}

/** The hub as an operator starts it: a process of its own. */
export function startHubProcess(environment: { readonly [name: string]: string }): HubProcess {
  const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  // Through env(1), which becomes the program, so that everything else is as in this process.
  const child = spawn('env', [...given, process.execPath, MAIN], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk))
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0)),
  )
  const address = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /address\s+(http:\/\/\S+)/.exec(out)?.[1]
      if (found !== undefined) resolve(found)
    })
    void ended.then((how) => reject(new Error(`The hub ended with ${how}: ${out}${errors}`)))
  })
  address.catch(() => undefined)
  return {
    pid: child.pid ?? -1,
    out: () => out,
    errors: () => errors,
    address: () => address,
    signal: (name) => void child.kill(name),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
