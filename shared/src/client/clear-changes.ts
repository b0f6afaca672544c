import { agentOf } from '../agents/registry.ts'
import type { Change, Fields } from './fields.ts'

export interface TokenToClear {
  readonly flavor: string
  readonly expectedToken?: string | undefined
}

/** The token goes, and what is paired with it; null where another token is there than the one that is meant. */
export function clearChanges(
  fields: Fields,
  { flavor, expectedToken }: TokenToClear,
): readonly Change[] | null {
  const [tokenField, ...paired] = tokenFields(flavor)
  if (tokenField === undefined) return null
  if (expectedToken !== undefined && fields.get(tokenField) !== expectedToken) return null
  return [tokenField, ...paired]
    .filter((name) => fields.has(name))
    .map((name) => ({ name, after: undefined }))
}

/** The field of a flavor's token, then its paired one; none for a flavor that is not known here. */
export function tokenFields(flavor: string): readonly string[] {
  const agent = agentOf(flavor)
  return [agent?.tokenField, agent?.pairedField].filter((name) => typeof name === 'string')
}
