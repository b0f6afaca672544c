import type { StatementCache } from './rows.ts'

const FIELD = 'select value from session_field where session = ? and name = ?'

/** The text that a field holds; null where it holds something else, nothing, or bytes that do not parse. */
export function fieldText(sql: StatementCache, session: number, name: string): string | null {
  const stored = sql.get(FIELD).get<{ value: string | null }>(session, name)?.value ?? null
  return stored === null ? null : textIn(stored)
}

function textIn(stored: string): string | null {
  try {
    const value: unknown = JSON.parse(stored)
    return typeof value === 'string' && value !== '' ? value : null
  } catch {
    // Who reads the session is told that the field is damaged; here it names nothing.
    return null
  }
}
