import { pino } from 'pino'
import type { Log, LogFacts } from './log.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Lines of JSON on standard error, each written before the next statement runs, so that a crash loses none. */
export function pinoLog(level: LogLevel, out = pino.destination({ fd: 2, sync: true })): Log {
  const lines = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'what', errorKey: 'error' },
    out,
  )
  return {
    debug: (what, facts: LogFacts = {}) => lines.debug(facts, what),
    info: (what, facts: LogFacts = {}) => lines.info(facts, what),
    warn: (what, facts: LogFacts = {}) => lines.warn(facts, what),
    error: (what, error, facts: LogFacts = {}) => lines.error({ ...facts, error }, what),
  }
}
