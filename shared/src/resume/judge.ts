import { must } from '../errors/assert.ts'
import { checkDirectory } from './checks/directory.ts'
import { checkFlavor } from './checks/flavor.ts'
import { checkLastRun } from './checks/last-run.ts'
import { checkLease } from './checks/lease.ts'
import { checkMachine } from './checks/machine.ts'
import { checkRuntime } from './checks/runtime.ts'
import { checkToken } from './checks/token.ts'
import { checkTranscript } from './checks/transcript.ts'
import type { ResumeFacts } from './facts.ts'
import type { Finding } from './finding.ts'
import { type Objection, reasonOf, weightOf } from './objection.ts'
import { CHECK_IDS, type CheckId, type Intent, type ResumeDecision, type Verdict } from './verdict.ts'

const CHECKS: Readonly<Record<CheckId, (facts: ResumeFacts) => Finding>> = {
  flavor: checkFlavor,
  lease: checkLease,
  token: checkToken,
  transcript: checkTranscript,
  directory: checkDirectory,
  machine: checkMachine,
  runtime: checkRuntime,
  'last-run': checkLastRun,
}

const LEADS: Readonly<Record<ResumeDecision, string>> = {
  resume: 'It can be resumed, with a caution',
  confirm: 'A person has to agree first',
  fresh: 'Begin a new conversation',
  blocked: 'It can not be resumed now',
}

/**
 * May this token be resumed, here, now, by who asks? Every check is made and reported; the weightiest objection decides.
 */
export function judge(facts: ResumeFacts, intent: Intent): Verdict {
  const findings = CHECK_IDS.map((id) => CHECKS[id](facts))
  const checks = findings.map(({ check }) => check)
  const { workDir } = facts
  const first = weightiest(findings)
  if (first === null) {
    const message = 'Nothing speaks against resuming this conversation.'
    return { decision: 'resume', message, ...handOut('resume', facts), workDir, checks }
  }
  const decision = weightOf(first.objection)[intent]
  const message = `${LEADS[decision]}: ${first.check.message}`
  const reason = reasonOf(first.objection)
  return { decision, reason, message, ...handOut(decision, facts), workDir, checks }
}

function weightiest(findings: readonly Finding[]): (Finding & { objection: Objection }) | null {
  const objecting = findings.flatMap(({ check, objection }) =>
    objection === null ? [] : { check, objection },
  )
  const [first] = objecting.toSorted(
    (one, other) => weightOf(one.objection).rank - weightOf(other.objection).rank,
  )
  return first ?? null
}

/** The only place where a token gets into an answer. */
function handOut(decision: ResumeDecision, { token }: ResumeFacts): Pick<Verdict, 'token'> {
  if (decision === 'fresh' || decision === 'blocked') return {}
  return { token: must(token, `${decision} without a token`).value }
}
