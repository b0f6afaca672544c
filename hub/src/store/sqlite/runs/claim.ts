import { must } from '@holdfast/shared/errors/assert'
import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import { judge } from '@holdfast/shared/resume/judge'
import type { Verdict } from '@holdfast/shared/resume/verdict'
import { countsAsLook } from '../../../runs/rules/counts-as-look.ts'
import { grantOf } from '../../../runs/rules/claim-grant.ts'
import { isSame } from '../../../runs/rules/place.ts'
import type { Claimed, ClaimHeld, ClaimRun, Unconfirmed } from '../../run-store.ts'
import type { KnownSession } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { noteDirectory, noteTranscript } from '../evidence.ts'
import { readFactsOf } from '../resume-facts.ts'
import { refreshVerdict } from '../verdict-column.ts'
import { addRun } from './add-run.ts'
import { answerText, toldAnswer } from './answer-text.ts'
import { again } from './change-run.ts'
import { endOlderBoots, endOlderBootsBut } from './ends.ts'
import { holderProblem } from './holders.ts'
import { checkOpening, repeatOf, sessionOfTag } from './opening.ts'
import type { StoredRun } from './stored-run.ts'

export type ClaimAnswer = Claimed | ClaimHeld | Unconfirmed | Refusal

export async function claimRun(core: StoreCore, request: ClaimRun): Promise<ClaimAnswer> {
  const checked = checkOpening(core, request)
  return checked.kind === 'refused' ? checked : core.write(() => claim(core, request), checked.bytes)
}

function claim(core: StoreCore, request: ClaimRun): ClaimAnswer {
  const { namespace, holder } = request
  const problem = holderProblem(core, namespace, holder)
  if (problem !== null) return problem
  const repeated = repeatOf(core, request, 'claimed')
  if (repeated.kind === 'refused') return repeated
  if (repeated.kind === 'again') return sameAnswer(core, repeated.run, request)
  const found = sessionOfTag(core, request)
  if (found.kind === 'refused') return found
  const { session, created } = found
  const ended = endOlderBoots(core, namespace, holder)
  noteLooks(core, session, request)
  const facts = factsFor(core, session, request)
  if (facts.held !== null) return { kind: 'held', hold: facts.held, ended }
  const verdict = judge(facts, request.intent)
  const grant = grantOf(verdict, request.intent, request.acceptRisk ?? [])
  if (grant.kind === 'unconfirmed') return { kind: 'unconfirmed', verdict, ended }
  const run = openClaimed(core, request, {
    session,
    token: grant.kind === 'token' ? grant.token : null,
    workDir: verdict.workDir,
    answer: answerText({ created, verdict }),
  })
  const withheld = grant.kind === 'token' ? null : (facts.token?.value ?? null)
  return { kind: 'claimed', run: run.record, created, verdict, withheld, ended }
}

/** A repeated claim gets what it was told, whatever is known by now. */
function sameAnswer(core: StoreCore, run: StoredRun, { holder }: ClaimRun): Claimed {
  const told = toldAnswer(run.record.id, must(run.answer, 'a claimed run has what it was told'))
  const ended = endOlderBootsBut(core, run, holder)
  refreshVerdict(core, run.session)
  return { kind: 'claimed', run: again(core, run).record, ...told, withheld: null, ended, replayed: true }
}

/** Takes over what the claimant saw, where it sits on the token's machine. */
function noteLooks(core: StoreCore, session: KnownSession, request: ClaimRun): void {
  const { flavor, evidence, directory } = request
  if (evidence === undefined) return
  const { token, workDir } = readFactsOf(core, { session, flavor })
  const at = core.outside.now()
  const { transcript: found, directory: state } = evidence
  const isOfToken = token !== null && (evidence.token ?? token.value) === token.value
  if (found !== undefined && isOfToken && countsAsLook(token, request, found)) {
    noteTranscript(core, {
      session,
      flavor,
      token: token.value,
      transcript: { state: found, because: null },
      at,
    })
  }
  const isSessions = workDir !== null && (directory ?? workDir) === workDir
  if (state !== undefined && isSessions && isSame(token?.machineId ?? null, request.machineId))
    noteDirectory(core, { session, path: workDir, state, at })
}

/** A session without a directory works in the claimant's. */
function factsFor(core: StoreCore, session: KnownSession, request: ClaimRun): ResumeFacts {
  const { flavor, machineId, runtimeId, directory = null } = request
  const facts = readFactsOf(core, { session, flavor, claimant: { machineId, runtimeId } })
  return { ...facts, workDir: facts.workDir ?? directory }
}

interface Opened {
  readonly session: KnownSession
  readonly token: string | null
  readonly workDir: Verdict['workDir']
  readonly answer: string
}

function openClaimed(core: StoreCore, request: ClaimRun, { workDir, ...opened }: Opened): StoredRun {
  const { flavor, machineId, runtimeId, holder, runId = core.outside.newId() } = request
  const run = addRun(core, {
    ...opened,
    id: runId,
    kind: 'claimed',
    state: 'running',
    flavor,
    machineId,
    runtimeId,
    holder,
    directory: workDir,
  })
  refreshVerdict(core, opened.session)
  return run
}
