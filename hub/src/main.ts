import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { banner } from './banner.ts'
import { settingsFromProcess, type Settings } from './config/read-config.ts'
import { EXIT, exitCode } from './exit-code.ts'
import { startHub, type Hub } from './hub.ts'
import type { Log } from './log/log.ts'
import { pinoLog } from './log/pino-log.ts'
import { StandardError } from './log/standard-error.ts'
import { programArgs, type ProgramArgs } from './program-args.ts'
import { restoredText } from './restored-text.ts'
import { restoreBackup } from './store/sqlite/restore-backup.ts'
import { within } from './within.ts'

/** A told end may take this long, an end in trouble that long; then the process goes, since nothing acknowledged is lost by it. */
const END_MS = 4800
const TROUBLE_MS = 900

/** Why the process ends, and with what it exits. */
interface End {
  readonly code: number
  readonly withinMs: number
}

/** Resolves when somebody tells the process to end or the hub can not go on. */
function untilEnd(hub: Hub, log: Log): Promise<End> {
  return new Promise((resolve) => {
    let told = false
    const tell = (signal: NodeJS.Signals): void => {
      // A service manager and a program in between may both pass the same signal on; only a person's second Ctrl-C is haste.
      if (told && signal === 'SIGINT') process.exit(EXIT.interrupted)
      if (told) return
      told = true
      log.info('shutting down', { signal })
      resolve({ code: 0, withinMs: END_MS })
    }
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, tell)
    const bug = (error: unknown): void => {
      log.error('a fault of the program itself', error)
      resolve({ code: EXIT.bug, withinMs: TROUBLE_MS })
    }
    process.on('uncaughtException', bug)
    process.on('unhandledRejection', bug)
    void hub.failed.then((error) => {
      log.error('the store has stopped', error)
      process.stderr.write(`${sentenceOf(error)}\n`)
      return resolve({ code: EXIT.storage, withinMs: TROUBLE_MS })
    })
  })
}

function sentenceOf(error: unknown): string {
  if (error instanceof HoldfastError && error.code !== 'internal')
    return `holdfast: ${error.message} (${error.code})`
  return 'holdfast: a fault of the program itself stopped it; nothing that was acknowledged is lost. (internal)'
}

async function serve(settings: Settings): Promise<number> {
  const log = pinoLog(settings.config.logLevel, new StandardError())
  const hub = await startHub(settings, { now: Date.now, elapsed: () => performance.now(), log })
  // Whoever reads that it runs may end it at once.
  const end = untilEnd(hub, log)
  process.stdout.write(banner(hub))
  log.info('started', { url: hub.url, library: hub.library, pid: process.pid })
  const { code, withinMs } = await end
  const ended = await within(hub[Symbol.asyncDispose](), withinMs)
  if (!ended) log.warn('the end took too long and was cut short')
  return code
}

type Restore = Extract<ProgramArgs, { kind: 'restore' }>

async function restore({ file, json }: Restore, { config }: Settings): Promise<number> {
  const restored = await restoreBackup(file, config.database, { now: Date.now })
  process.stdout.write(json ? `${JSON.stringify(restored)}\n` : restoredText(restored, config.database))
  return 0
}

async function main(): Promise<number> {
  process.umask(0o077)
  const args = programArgs(process.argv.slice(2))
  const settings = settingsFromProcess()
  return args.kind === 'restore' ? restore(args, settings) : serve(settings)
}

let code: number
try {
  code = await main()
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`)
  code = exitCode(error)
}
// What is still open belongs to connections that were cut; waiting for it would only delay the end.
process.exit(code)
