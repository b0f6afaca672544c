import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import { completeRunBody } from '@holdfast/shared/protocol/http/complete-run'
import { heldRunsBody, type HeldRunsAnswer } from '@holdfast/shared/protocol/http/held-runs'
import { registerRunBody } from '@holdfast/shared/protocol/http/register-run'
import { reportRejectedBody, type ReportRejectedAnswer } from '@holdfast/shared/protocol/http/report-rejected'
import { reportTokenBody, type ReportTokenAnswer } from '@holdfast/shared/protocol/http/report-token'
import type { RunAnswer } from '@holdfast/shared/protocol/http/run-answer'
import { idSchema } from '@holdfast/shared/records/ids'
import type { RunRecord } from '@holdfast/shared/records/run'
import { Hono } from 'hono'
import type { z } from 'zod'
import { actorOf } from '../auth/caller.ts'
import type { RunDesk } from '../runs/run-desk.ts'
import type { RunRequest } from '../store/run-store.ts'
import { answering } from './answering.ts'
import { SMALL_BODY, type BodyReader } from './body-reader.ts'
import type { DoorContext, DoorEnv } from './door-env.ts'

const RUN_NOT_FOUND = refuse('run_not_found', 'There is no such run.')
const NO_METADATA = refuse('invalid_metadata', 'The metadata of a session must be a JSON object.', {
  field: 'metadata',
})

/** Where programs report on the runs that they have. */
export function cliRuns(runs: RunDesk, bodies: BodyReader): Hono<DoorEnv> {
  const shown = (run: RunRecord): RunAnswer => {
    const { id, session, state, contended } = run
    return { runId: id, sessionId: session, state, contended, leaseMs: runs.leases.leaseMs }
  }
  return new Hono<DoorEnv>()
    .post(
      '/',
      answering<RunAnswer>(async (c) => {
        const read = await bodies.read(c.req.raw, { ...SMALL_BODY, schema: registerRunBody })
        if (read.kind === 'refused') return read
        const { metadata, runtimeId = null, ...begun } = read.body
        if (metadata !== undefined && !isJsonObject(metadata)) return NO_METADATA
        const answer = await runs.register({ ...begun, ...askerOf(c), metadata, runtimeId })
        return answer.kind === 'refused' ? answer : shown(answer.run)
      }),
    )
    .post(
      '/held',
      answering<HeldRunsAnswer>(async (c) => {
        const read = await bodies.read(c.req.raw, { ...SMALL_BODY, schema: heldRunsBody })
        if (read.kind === 'refused') return read
        const { namespace } = c.get('caller')
        const answer = await runs.heldRuns({ ...read.body, namespace })
        return answer.kind === 'refused' ? answer : { ended: answer.ended.map(({ id }) => id) }
      }),
    )
    .post(
      '/:id/heartbeat',
      answering<RunAnswer>(async (c) => {
        const run = runAsked(c)
        if ('kind' in run) return run
        const answer = await runs.heartbeat(run)
        return answer.kind === 'refused' ? answer : shown(answer.run)
      }),
    )
    .post(
      '/:id/token',
      answering<ReportTokenAnswer>(async (c) => {
        const report = await reported(bodies, c, reportTokenBody)
        if ('kind' in report) return report
        const answer = await runs.token({ ...report.run, ...report.body })
        return answer.kind === 'refused' ? answer : { ...shown(answer.run), version: answer.version }
      }),
    )
    .post(
      '/:id/rejected',
      answering<ReportRejectedAnswer>(async (c) => {
        const report = await reported(bodies, c, reportRejectedBody)
        if ('kind' in report) return report
        const answer = await runs.rejected({ ...report.run, ...report.body })
        return answer.kind === 'refused' ? answer : { ...shown(answer.run), quarantined: answer.quarantined }
      }),
    )
    .post(
      '/:id/complete',
      answering<RunAnswer>(async (c) => {
        const report = await reported(bodies, c, completeRunBody)
        if ('kind' in report) return report
        const answer = await runs.complete({ ...report.run, ...report.body })
        return answer.kind === 'refused' ? answer : shown(answer.run)
      }),
    )
}

interface Report<Body> {
  readonly run: RunRequest
  readonly body: Body
}

async function reported<Schema extends z.ZodType>(
  bodies: BodyReader,
  c: DoorContext,
  schema: Schema,
): Promise<Report<z.infer<Schema>> | Refusal> {
  const run = runAsked(c)
  if ('kind' in run) return run
  const read = await bodies.read(c.req.raw, { ...SMALL_BODY, schema })
  return read.kind === 'refused' ? read : { run, body: read.body }
}

/** The run of the path, in the caller's namespace. What can be nobody's id is the id of no run. */
function runAsked(c: DoorContext): RunRequest | Refusal {
  const run = idSchema.safeParse(c.req.param('id'))
  return run.success ? { ...askerOf(c), run: run.data } : RUN_NOT_FOUND
}

function askerOf(c: DoorContext): Omit<RunRequest, 'run'> {
  const caller = c.get('caller')
  return { namespace: caller.namespace, actor: actorOf(caller, 'http') }
}
