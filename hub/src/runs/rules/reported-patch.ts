import { must } from '@holdfast/shared/errors/assert'
import { agentOf } from '@holdfast/shared/agents/registry'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { RunRecord } from '@holdfast/shared/records/run'

export interface Reported {
  readonly token?: string | undefined
  /** Where it worked at its end. */
  readonly workDir?: string | undefined
  /** The agent confirmed the token, and the session lies in the archive. */
  readonly leavesArchive: boolean
}

const OUT_OF_ARCHIVE: JsonObject = {
  lifecycleState: null,
  lifecycleStateSince: null,
  archivedBy: null,
  archiveReason: null,
}

/** What a session's metadata says after a report of a run: its token, and where that is valid. */
export function reportedPatch(run: RunRecord, { token, workDir, leavesArchive }: Reported): JsonObject {
  const path = workDir ?? run.directory
  return {
    ...(token === undefined ? {} : tokenOf(run, token)),
    ...(path === null ? {} : { path }),
    ...(leavesArchive ? OUT_OF_ARCHIVE : {}),
  }
}

function tokenOf({ flavor, machineId }: RunRecord, token: string): JsonObject {
  const named = must(flavor, 'a run that reports a token names its agent')
  const field = must(agentOf(named)?.tokenField, 'an agent that reports a token keeps one')
  return { [field]: token, flavor: named, ...(machineId === null ? {} : { machineId }) }
}
