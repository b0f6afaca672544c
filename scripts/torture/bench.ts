import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CheckerProcess } from './checker-process.ts'
import type { Runtime, RuntimeName } from './runtimes.ts'
import { canTrace, ownMounts } from './tools.ts'

/** The compiled programs of one build: the repository's own, or a copy with a mistake in it. */
export interface Layout {
  readonly name: string
  readonly programs: string
  /** The program that is the hub. */
  readonly hub: string
}

export interface BenchSettings {
  readonly root: string
  readonly runtimes: readonly Runtime[]
  readonly seed: number
  readonly long: boolean
}

/** What the scenarios share: where things are, what there is to work with, and one checker per runtime. */
export class Bench {
  readonly root: string
  readonly seed: number
  readonly long: boolean
  readonly runtimes: readonly Runtime[]
  readonly folder: string
  readonly ownLayout: Layout
  readonly traces: boolean
  readonly mounts: readonly string[] | null
  readonly #checkers = new Map<RuntimeName, CheckerProcess>()
  #folders = 0

  constructor({ root, runtimes, seed, long }: BenchSettings) {
    this.root = root
    this.runtimes = runtimes
    this.seed = seed
    this.long = long
    this.folder = mkdtempSync(join(tmpdir(), 'holdfast-torture-'))
    this.ownLayout = {
      name: 'own',
      programs: join(root, 'scripts/dist/torture'),
      hub: join(root, 'hub/dist/main.js'),
    }
    this.traces = canTrace()
    this.mounts = ownMounts()
  }

  /** The short amount, or the long one. */
  scale(short: number, long: number): number {
    return this.long ? long : short
  }

  newFolder(name: string): string {
    this.#folders += 1
    const folder = join(this.folder, `${name}-${this.#folders}`)
    mkdirSync(folder)
    return folder
  }

  /** The command that runs one of our programs with its settings as JSON. */
  command(runtime: Runtime, layout: Layout, program: string, settings?: object): string[] {
    const args = settings === undefined ? [] : [JSON.stringify(settings)]
    return [runtime.path, join(layout.programs, `${program}.js`), ...args]
  }

  /** Checks are made with the repository's own build, also where a broken one wrote. */
  checker(runtime: Runtime): CheckerProcess {
    let checker = this.#checkers.get(runtime.name)
    if (checker === undefined) {
      checker = new CheckerProcess(this.command(runtime, this.ownLayout, 'checker'))
      this.#checkers.set(runtime.name, checker)
    }
    return checker
  }

  progress(text: string): void {
    process.stderr.write(`  ${text}\n`)
  }

  end(): void {
    for (const checker of this.#checkers.values()) checker.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
