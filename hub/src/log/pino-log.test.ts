import { describe, expect, test } from 'vitest'
import { pinoLog, type LogLevel } from './pino-log.ts'

function logged(level: LogLevel = 'debug') {
  const lines: string[] = []
  return { lines, log: pinoLog(level, { write: (line) => void lines.push(line) }) }
}

function parsed(lines: readonly string[]): Record<string, unknown> {
  expect(lines).toHaveLength(1)
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>
}

describe('the log', () => {
  test('[SE4] a line is one line of JSON, with a time, what happened and its facts', () => {
    const { lines, log } = logged()
    log.warn('a commit was slow', { milliseconds: 1200, writes: 3, first: true, by: null })
    expect(lines[0]).toMatch(/^\{.*\}\n$/)
    const facts = { milliseconds: 1200, writes: 3, first: true, by: null }
    expect(parsed(lines)).toMatchObject({ level: 40, what: 'a commit was slow', ...facts })
    expect(Date.parse(String(parsed(lines)['time']))).toBeGreaterThan(0)
  })

  test.each([
    ['a line of its own', 'a\n{"level":30,"what":"started"}'],
    ['a carriage return', 'a\rb'],
    ['an escape of a terminal', 'a\u001b[2Jb'],
    ['the short form of one', 'a\u009b2Jb'],
    ['a delete', 'a\u007fb'],
    ['text turned around', 'a\u202eb'],
    ['a line separator', 'a\u2028b'],
    ['half of a pair', 'a\ud800b'],
    ['a NUL', 'a\u0000b'],
  ])('[SE4] a fact with %s stays text on its line', (_, text) => {
    const { lines, log } = logged()
    log.info('asked', { text })
    log.error('failed', new Error(text))
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      expect(line.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(line.isWellFormed()).toBe(true)
      expect(line.split('\n')).toHaveLength(2)
    }
  })

  test('[SE4] a long fact is cut', () => {
    const { lines, log } = logged()
    log.info('asked', { text: 'x'.repeat(10_000) })
    expect(parsed(lines)['text']).toBe(`${'x'.repeat(200)}…`)
  })

  test('[SE4] of an error it shows name, code, message, place and cause, and nothing that hangs on it', () => {
    const { lines, log } = logged()
    const cause = Object.assign(new Error('the disk is full'), { code: 'SQLITE_FULL', body: 'SECRET' })
    const error = Object.assign(new Error('m'.repeat(9000), { cause }), {
      headers: { authorization: 'SECRET' },
    })
    log.error('failed', error)
    expect(lines[0]).not.toContain('SECRET')
    expect(lines[0]?.length).toBeLessThan(12_000)
    const shown = parsed(lines)['error'] as { message: string; at: string[] }
    expect(shown).toMatchObject({
      name: 'Error',
      cause: { code: 'SQLITE_FULL', message: 'the disk is full' },
    })
    expect(shown.message).toBe(`${'m'.repeat(500)}…`)
    expect(shown.at[0]).toContain('pino-log.test')
  })

  test('[SE4] causes that go round end', () => {
    const { lines, log } = logged()
    const error = new Error('round')
    error.cause = error
    log.error('failed', error)
    expect(lines).toHaveLength(1)
  })

  test.each<[LogLevel, number]>([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ])('[OP1] at %s it says %i of the four kinds of lines', (level, count) => {
    const { lines, log } = logged(level)
    log.debug('d')
    log.info('i')
    log.warn('w')
    log.error('e', 'no error at all')
    expect(lines).toHaveLength(count)
  })
})
