import type { Reason } from '../reasons.ts'
import type { Check, CheckId, ResumeDecision } from '../verdict.ts'

export interface DecisionRow {
  readonly found: string
  readonly check: CheckId
  readonly reason: Reason
  readonly status: Check['status']
  readonly auto: ResumeDecision
  readonly person: ResumeDecision
}

type Gives = Pick<DecisionRow, 'status' | 'auto' | 'person'>

const blocked: Gives = { status: 'fail', auto: 'blocked', person: 'blocked' }
const fresh: Gives = { status: 'fail', auto: 'fresh', person: 'fresh' }
const asked: Gives = { status: 'caution', auto: 'fresh', person: 'confirm' }
const unsure: Gives = { status: 'unknown', auto: 'fresh', person: 'confirm' }
const unseen: Gives = { status: 'unknown', auto: 'resume', person: 'confirm' }
const shared: Gives = { status: 'caution', auto: 'resume', person: 'confirm' }

/** RV2 as it is to be: of the rows that are true, the first one decides. */
export const DECISION_TABLE = [
  { found: 'the agent is not known', check: 'flavor', reason: 'unknown_flavor', ...blocked },
  { found: 'a run has this session', check: 'lease', reason: 'run_in_progress', ...blocked },
  { found: 'there is no token', check: 'token', reason: 'no_token', ...fresh },
  { found: 'the token was cleared', check: 'token', reason: 'token_cleared', ...fresh },
  { found: 'the token can not be read', check: 'token', reason: 'token_damaged', ...fresh },
  { found: 'the token is quarantined', check: 'token', reason: 'token_quarantined', ...fresh },
  { found: 'a run of another session has the token', check: 'lease', reason: 'run_in_progress', ...fresh },
  { found: 'the transcript is absent', check: 'transcript', reason: 'transcript_absent', ...fresh },
  { found: 'several transcripts fit', check: 'transcript', reason: 'transcript_ambiguous', ...fresh },
  { found: 'the directory is absent', check: 'directory', reason: 'directory_absent', ...fresh },
  { found: 'another machine asks', check: 'machine', reason: 'machine_changed', ...asked },
  { found: 'another runtime asks', check: 'runtime', reason: 'runtime_changed', ...asked },
  {
    found: 'the last run loaded another conversation',
    check: 'last-run',
    reason: 'identity_mismatch',
    ...asked,
  },
  { found: 'the last run failed', check: 'last-run', reason: 'run_failed', ...asked },
  { found: 'the last run was cancelled', check: 'last-run', reason: 'run_cancelled', ...asked },
  { found: 'the last run was interrupted', check: 'last-run', reason: 'run_interrupted', ...asked },
  { found: 'no ended run is on record', check: 'last-run', reason: 'run_missing', ...asked },
  { found: 'the token is provisional', check: 'token', reason: 'token_provisional', ...asked },
  { found: 'the runtime is not known', check: 'runtime', reason: 'runtime_unknown', ...unsure },
  { found: 'nobody saw the transcript', check: 'transcript', reason: 'transcript_unknown', ...unseen },
  {
    found: 'the config directory is not usable',
    check: 'transcript',
    reason: 'config_dir_unusable',
    ...unseen,
  },
  { found: 'the agent refused it elsewhere', check: 'transcript', reason: 'agent_rejected', ...unseen },
  { found: 'nobody saw the directory', check: 'directory', reason: 'directory_unknown', ...unseen },
  { found: 'the machine is not known', check: 'machine', reason: 'machine_unknown', ...unseen },
  { found: 'another session holds the token', check: 'token', reason: 'token_shared', ...shared },
] as const satisfies readonly DecisionRow[]

/** What is true of a case, by the row that says so. */
export type Found = (typeof DECISION_TABLE)[number]['found']
