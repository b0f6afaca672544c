import { printable } from '../printable.ts'
import { releasedSessionMetadata } from './session-metadata.ts'
import { typedMembers } from './typed-members.ts'

const { types } = typedMembers(releasedSessionMetadata)

/**
 * Why a value can not stand in a field of session metadata to which released clients give a type; null when it can. Of a
 * patch it is the field's value after the merge that counts, since objects merge inside a field; a field that goes,
 * undefined here, breaks no type.
 */
export function fieldTypeProblem(name: string, value: unknown): string | null {
  const parsed = value === undefined ? undefined : types.get(name)?.safeParse(value)
  if (parsed === undefined || parsed.success) return null
  const issue = parsed.error.issues[0]
  const where =
    issue === undefined || issue.path.length === 0 ? '' : ` at "${printable(issue.path.join('/'))}"`
  const why = issue?.message ?? 'another type is expected'
  return `is not what released clients accept${where}: ${why.charAt(0).toLowerCase()}${why.slice(1)}`
}
