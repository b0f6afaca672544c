import { constants, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchChild } from './child-process.ts'
import type { FillJob } from './fill-child.ts'
import type { Commands } from './find-commands.ts'
import { counted } from './groups.ts'
import type { Runtime } from './variant.ts'

/** Where a run happens: its temporary folder, the runtimes that it starts, and the databases that it has filled. */
export class BenchRoom {
  readonly folder: string
  readonly tell: (line: string) => void
  readonly #commands: Commands
  readonly #filled = new Map<number, string>()
  #count = 0

  constructor(commands: Commands, parent: string | undefined, tell: (line: string) => void) {
    this.folder = mkdtempSync(join(parent ?? tmpdir(), 'holdfast-bench-'))
    this.#commands = commands
    this.tell = tell
  }

  command(runtime: Runtime): string {
    const command = this.#commands[runtime]
    if (command === null) throw new Error(`${runtime} is not installed.`)
    return command
  }

  /** A process on Node that helps to measure: it serves nothing itself. */
  child(module: string, job: object): BenchChild {
    return new BenchChild(this.command('node'), module, job)
  }

  /** A folder for one database and what lies beside it. */
  newFolder(): string {
    this.#count += 1
    const folder = join(this.folder, String(this.#count))
    mkdirSync(folder)
    return folder
  }

  remove(folder = this.folder): void {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** The database with so many small sessions; made once in a run. Nobody but a start may open it: see `copyOf`. */
  async filled(sessions: number): Promise<string> {
    const known = this.#filled.get(sessions)
    if (known !== undefined) return known
    const database = join(this.newFolder(), 'holdfast.db')
    const started = Date.now()
    const job: FillJob = { database, sessions }
    const child = this.child('fill-child.js', job)
    for (let made = 0; made < sessions;) {
      made = (await child.hear<{ made: number }>()).made
      this.tell(`filling: ${counted(made)} of ${counted(sessions)} sessions`)
    }
    await child.end()
    this.tell(`filled in ${((Date.now() - started) / 1000).toFixed(1)} s`)
    this.#filled.set(sessions, database)
    return database
  }

  async copyOf(sessions: number, target: string): Promise<void> {
    copyFileSync(await this.filled(sessions), target, constants.COPYFILE_FICLONE)
  }
}
