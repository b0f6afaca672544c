import { must } from '@holdfast/shared/errors/assert'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import {
  claimRunBody,
  type ClaimRunAnswer,
  type ClaimRunBody,
  type ConfirmationRequired,
} from '@holdfast/shared/protocol/http/claim-run'
import { openCautions } from '@holdfast/shared/resume/open-cautions'
import type { Verdict } from '@holdfast/shared/resume/verdict'
import { Hono } from 'hono'
import { actorOf } from '../auth/caller.ts'
import type { RunDesk } from '../runs/run-desk.ts'
import type { Claimed, Unconfirmed } from '../store/run-store.ts'
import { answering } from './answering.ts'
import type { DetailedRefusal } from './api/api-handler.ts'
import { heldAnswer } from './api/held-answer.ts'
import { SMALL_BODY, type BodyReader } from './body-reader.ts'
import type { DoorContext, DoorEnv } from './door-env.ts'

const NO_METADATA = refuse('invalid_metadata', 'The metadata of a session must be a JSON object.', {
  field: 'metadata',
})
const NOT_CONFIRMED = refuse(
  'confirmation_required',
  'Somebody has to agree first: accept every one of these checks, or begin a new conversation.',
)

/** Where a program that is about to run an agent asks what to run it with. */
export function cliClaims(runs: RunDesk, bodies: BodyReader): Hono<DoorEnv> {
  const shape = { ...SMALL_BODY, schema: claimRunBody }
  return new Hono<DoorEnv>().post(
    '/',
    answering<ClaimRunAnswer>(async (c) => {
      const read = await bodies.read(c.req.raw, shape)
      return read.kind === 'refused' ? read : claim(runs, c, read.body)
    }),
  )
}

async function claim(
  runs: RunDesk,
  c: DoorContext,
  body: ClaimRunBody,
): Promise<ClaimRunAnswer | Refusal | DetailedRefusal> {
  const { metadata, runtimeId = null, ...asked } = body
  if (metadata !== undefined && !isJsonObject(metadata)) return NO_METADATA
  const caller = c.get('caller')
  const { namespace } = caller
  const answer = await runs.claim({
    ...asked,
    namespace,
    actor: actorOf(caller, 'http'),
    metadata,
    runtimeId,
  })
  if (answer.kind === 'refused') return answer
  if (answer.kind === 'held') return heldAnswer(answer)
  return answer.kind === 'unconfirmed' ? notConfirmed(answer, body) : claimed(answer, runs.leases.leaseMs)
}

function claimed({ run, verdict }: Claimed, leaseMs: number): ClaimRunAnswer {
  const { workDir, checks } = verdict
  return { sessionId: run.session, runId: run.id, leaseMs, workDir, resume: whatToRun(verdict), checks }
}

function whatToRun({ token, reason, message }: Verdict): ClaimRunAnswer['resume'] {
  if (token !== undefined) return { decision: 'resume', token }
  return { decision: 'fresh', reason: must(reason, 'a verdict without a token says why'), message }
}

function notConfirmed({ verdict }: Unconfirmed, { acceptRisk = [] }: ClaimRunBody): DetailedRefusal {
  const checks = [...openCautions(verdict, acceptRisk)]
  const more: Omit<ConfirmationRequired, 'error' | 'code'> = { checks }
  return { kind: 'detailed-refusal', refusal: NOT_CONFIRMED, more }
}
