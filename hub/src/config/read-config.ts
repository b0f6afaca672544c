import { join } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { rootTokenProblem } from '../auth/root-token-problem.ts'
import { LOG_LEVELS, type LogLevel } from '../log/pino-log.ts'
import { RETENTION } from '../store/retention.ts'
import { allowedHost } from './allowed-host.ts'
import { allowedOrigin } from './allowed-origin.ts'
import { databaseFile } from './database-file.ts'
import { homeFolder, usualHomeFolder } from './home-folder.ts'
import { listOf } from './list-of.ts'
import { listenHost } from './listen-host.ts'
import { isLoopback } from './loopback.ts'
import { oneOf } from './one-of.ts'
import type { Reading } from './reading.ts'
import { wholeNumber } from './whole-number.ts'

export interface Config {
  readonly home: string
  /** The database file. */
  readonly database: string
  /** The address to listen at. */
  readonly host: string
  /** 0 lets the system pick one. */
  readonly port: number
  /** Hosts under which the hub may be asked, beside this machine's own and `host`. */
  readonly allowedHosts: readonly string[]
  /** Origins whose pages may use the hub, beside those of the host that is asked. */
  readonly allowedOrigins: readonly string[]
  readonly logLevel: LogLevel
  /** So long a run keeps its session without a heartbeat. */
  readonly leaseMs: number
  /** So many journal entries, and so many bytes of them, a namespace keeps: undo reaches as far. */
  readonly journalEntries: number
  readonly journalBytes: number
}

export interface Secrets {
  /** The root token, where it was given. */
  readonly token: string | null
}

export interface Settings {
  readonly config: Config
  readonly secrets: Secrets
}

const LEASE_MS = { least: 5000, usual: 30_000, most: 3_600_000 }
const JOURNAL_ENTRIES = { least: 100, most: 1_000_000_000 }
const JOURNAL_BYTES = { least: 1024 ** 2, most: 1024 ** 4 }
const USUAL_HOST = '127.0.0.1'
const USUAL_PORT = 4006

const OPEN_WITHOUT_NAMES =
  'HOLDFAST_ALLOWED_HOSTS must name the hosts under which other machines ask this hub, such as hub.example.org, because HOLDFAST_HOST lets them in.'

/** Reads the settings once. All mistakes are told together, each on a line that begins with its variable. */
export function readConfig(source: NodeJS.ProcessEnv, usualHome = usualHomeFolder): Settings {
  const mistakes: string[] = []
  /** An empty variable counts as one that is not set. */
  const textOf = (name: string): string | null => source[name] || null
  const valueOf = <Value>(name: string, reading: Reading<Value>): Value | null => {
    if ('value' in reading) return reading.value
    mistakes.push(`${name} ${reading.mistake}`)
    return null
  }
  const read = <Value>(name: string, parse: (text: string) => Reading<Value>): Value | null => {
    const text = textOf(name)
    return text === null ? null : valueOf(name, parse(text))
  }

  const home =
    textOf('HOLDFAST_HOME') === null
      ? valueOf('HOLDFAST_HOME', usualHome())
      : read('HOLDFAST_HOME', homeFolder)
  const config: Config = {
    home: home ?? '',
    database: read('HOLDFAST_DATABASE_URL', databaseFile) ?? join(home ?? '', 'holdfast.db'),
    host: read('HOLDFAST_HOST', listenHost) ?? USUAL_HOST,
    port: read('HOLDFAST_PORT', wholeNumber(0, 65_535)) ?? USUAL_PORT,
    allowedHosts: read('HOLDFAST_ALLOWED_HOSTS', listOf(allowedHost)) ?? [],
    allowedOrigins: read('HOLDFAST_ALLOWED_ORIGINS', listOf(allowedOrigin)) ?? [],
    logLevel: read('HOLDFAST_LOG_LEVEL', oneOf(LOG_LEVELS)) ?? 'info',
    leaseMs: read('HOLDFAST_LEASE_MS', wholeNumber(LEASE_MS.least, LEASE_MS.most)) ?? LEASE_MS.usual,
    journalEntries:
      read('HOLDFAST_JOURNAL_ENTRIES', wholeNumber(JOURNAL_ENTRIES.least, JOURNAL_ENTRIES.most)) ??
      RETENTION.keepEntries,
    journalBytes:
      read('HOLDFAST_JOURNAL_BYTES', wholeNumber(JOURNAL_BYTES.least, JOURNAL_BYTES.most)) ??
      RETENTION.keepBytes,
  }
  const secrets: Secrets = { token: read('HOLDFAST_TOKEN', rootToken) }
  if (!isLoopback(config.host) && textOf('HOLDFAST_ALLOWED_HOSTS') === null) mistakes.push(OPEN_WITHOUT_NAMES)
  if (mistakes.length > 0) throw new HoldfastError('settings_invalid', mistakes.join('\n'))
  return { config, secrets }
}

function rootToken(token: string): Reading<string> {
  const problem = rootTokenProblem(token)
  return problem === null ? { value: token } : { mistake: problem }
}

export function settingsFromProcess(): Settings {
  return readConfig(process.env)
}
