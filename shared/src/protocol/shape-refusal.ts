import type { z } from 'zod'
import { refuse, type Refusal } from '../errors/holdfast-error.ts'
import { printable } from './printable.ts'

/**
 * Why a request does not have the shape of its message, as the answer says it. A member that the message does not have
 * is named before anything else: most often it is a misspelt name, and a missing one follows from it.
 */
export function shapeRefusal(what: string, error: z.ZodError): Refusal {
  for (const issue of error.issues) {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
    if (unknown !== undefined) {
      const name = printable([...issue.path, unknown].join('.'))
      return refuse('invalid_request', `${what} has no member "${name}".`, { field: name })
    }
  }
  const issue = error.issues[0]
  const field = printable((issue?.path ?? []).join('.'))
  const why = issue === undefined ? 'is not valid' : problemOf(issue)
  if (field === '') return refuse('invalid_request', `${what} is not valid: ${why}.`)
  return refuse('invalid_request', `${what} is not valid at "${field}": ${why}.`, { field })
}

/** In plain words, where those of the schema are a programmer's. */
function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return `it is missing, expected ${issue.expected}`
  if (issue.code === 'invalid_format' && ['guid', 'uuid'].includes(issue.format)) return 'expected a UUID'
  return issue.message.replace(/^Invalid (?:input|option): /, '')
}
