import { agentOfTokenField, partnerOf } from '@holdfast/shared/agents/registry'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { findLimitProblem, LIMITS } from '@holdfast/shared/metadata/limits'
import type { RefusedField } from '@holdfast/shared/metadata/merge'
import { printable } from '@holdfast/shared/protocol/printable'

/** Fields by name, each with what its sender is told. */
export type DeclinedFields = ReadonlyMap<string, RefusedField>

/** The fields of a blob that can not be stored as they are, whatever the others hold. A token takes its pair with it. */
export function unstorableFields(blob: JsonObject): DeclinedFields {
  const declined = new Map<string, RefusedField>()
  for (const [name, value] of Object.entries(blob)) {
    const problem = findLimitProblem({ [name]: value }, LIMITS.documentBytes)
    if (problem === null) continue
    const { code, message } = problem
    declined.set(name, { field: printable(name), code, message })
  }
  for (const token of [...declined.keys()].filter((name) => agentOfTokenField(name) !== undefined)) {
    const paired = partnerOf(token)
    if (paired === undefined || !Object.hasOwn(blob, paired)) continue
    const message = `The field ${paired} goes with ${token}, which was refused.`
    declined.set(paired, { field: paired, code: 'invalid_field', message })
  }
  return declined
}
