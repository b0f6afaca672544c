import { printable } from '../../protocol/printable.ts'
import type { ResumeFacts } from '../facts.ts'
import { type Finding, objects, passes, withoutToken } from '../finding.ts'

/** Whether the token would be resumed on the machine where it was made, by that machine's id and nothing else. */
export function checkMachine({ token, claimant }: ResumeFacts): Finding {
  if (token === null) return withoutToken('machine')
  const { machineId, at: evidenceAt } = token
  if (machineId === null) return objects('machine', 'machine_unknown', { evidenceAt })
  const made = `The token was made on machine ${printable(machineId)}`
  if (claimant === null) return passes('machine', `${made}, and would be resumed there.`, evidenceAt)
  if (claimant.machineId === machineId) return passes('machine', `${made}, the one that asks.`, evidenceAt)
  const message = `${made}, and machine ${printable(claimant.machineId)} asks for it.`
  return objects('machine', 'machine_changed', { message, evidenceAt })
}
