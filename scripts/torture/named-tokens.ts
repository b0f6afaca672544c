import { agentOf, TOKEN_FIELDS } from '@holdfast/shared/agents/registry'
import type { RepeatableOperation } from './write-log.ts'

/** Every token field of a document, null for one that is not there. */
export function tokensOf(metadata: { readonly [field: string]: unknown }): Record<string, string | null> {
  const tokens: Record<string, string | null> = {}
  for (const field of TOKEN_FIELDS) {
    const value = metadata[field]
    tokens[field] = typeof value === 'string' ? value : null
  }
  return tokens
}

/** What must hold of token fields at the version that the answer names, as far as the operation says. */
export function tokensNamed(op: RepeatableOperation): Record<string, string | null> {
  if (op.kind === 'patch') {
    const named = TOKEN_FIELDS.flatMap((field): [string, string][] => {
      const value = op.patch[field]
      return typeof value === 'string' ? [[field, value]] : []
    })
    return Object.fromEntries(named)
  }
  if (op.kind === 'restore') return {}
  const field = agentOf(op.flavor)?.tokenField
  if (field === undefined || field === null) return {}
  return { [field]: op.kind === 'clear' ? null : op.value }
}
