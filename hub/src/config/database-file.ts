import { isAbsolute, resolve } from 'node:path'
import type { Reading } from './reading.ts'

const FORM = 'sqlite:/absolute/path/of/the/file.db'
const IN_MEMORY = /:memory:|mode=memory/i
const POSTGRES = /^postgres(?:ql)?:/i

/** What would start options, a fragment or an escape in a URL: the path is taken as it is written, so it has none. */
const NOT_PLAIN = /[?#%\p{Cc}]/u

/** The database's file from `sqlite:/absolute/path`. What was given is never repeated, since it may hold a password. */
export function databaseFile(text: string): Reading<string> {
  if (IN_MEMORY.test(text))
    return { mistake: `must name a file; what is only in memory is lost when the hub ends. Write ${FORM}.` }
  if (POSTGRES.test(text))
    return { mistake: `names PostgreSQL, which this version can not use. Leave it empty or write ${FORM}.` }
  const path = text.startsWith('sqlite:') ? text.slice('sqlite:'.length) : ''
  if (!isAbsolute(path) || path.startsWith('//') || path.endsWith('/'))
    return { mistake: `must have the form ${FORM}.` }
  if (NOT_PLAIN.test(path))
    return { mistake: `must have the form ${FORM}, without options and without ?, # and %.` }
  return { value: resolve(path) }
}
