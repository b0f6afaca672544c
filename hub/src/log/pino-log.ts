import { pino } from 'pino'
import { logError } from './log-error.ts'
import { logText } from './log-text.ts'
import type { Log, LogFacts } from './log.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where lines go. */
export interface LogLines {
  write(line: string): void
}

/** Lines of JSON. */
export function pinoLog(level: LogLevel, out: LogLines): Log {
  const lines = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'what' }, out)
  return {
    debug: (what, facts) => lines.debug(shown(facts), what),
    info: (what, facts) => lines.info(shown(facts), what),
    warn: (what, facts) => lines.warn(shown(facts), what),
    error: (what, error, facts) => lines.error({ ...shown(facts), error: logError(error) }, what),
  }
}

function shown(facts: LogFacts = {}): LogFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? logText(value) : value]),
  )
}
