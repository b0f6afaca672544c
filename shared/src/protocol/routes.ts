import type { z } from 'zod'
import { claimRunAnswer, claimRunBody } from './http/claim-run.ts'
import { completeRunBody } from './http/complete-run.ts'
import { createMachineBody } from './http/create-machine.ts'
import { createSessionBody } from './http/create-session.ts'
import { handoffLocalAnswer } from './http/handoff-local.ts'
import { heldRunsAnswer, heldRunsBody } from './http/held-runs.ts'
import { machineAnswer } from './http/machine.ts'
import { messagesAnswer } from './http/messages.ts'
import { registerRunBody } from './http/register-run.ts'
import { reportRejectedAnswer, reportRejectedBody } from './http/report-rejected.ts'
import { reportTokenAnswer, reportTokenBody } from './http/report-token.ts'
import { resumableAnswer, resumableQuery } from './http/resumable.ts'
import { resumeTargetAnswer } from './http/resume-target.ts'
import { runAnswer } from './http/run-answer.ts'
import { sessionAnswer } from './http/session.ts'

/** One route: what it is given, and what a success answers. Every refusal answers with an error body. */
export interface RouteShape {
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly answer: z.ZodType
  /** What a 409 answers, where that is more than an error body. */
  readonly conflict?: z.ZodType
}

/** Every HTTP route under `/cli`: those of the released protocol, and those of runs, which are ours. Another path there is 404. */
export const CLI_ROUTES = {
  'POST /cli/sessions': { body: createSessionBody, answer: sessionAnswer },
  'GET /cli/sessions/resumable': { query: resumableQuery, answer: resumableAnswer },
  'GET /cli/sessions/:id': { answer: sessionAnswer },
  'GET /cli/sessions/:id/resume-target': { answer: resumeTargetAnswer },
  'GET /cli/sessions/:id/messages': { answer: messagesAnswer },
  'POST /cli/sessions/:id/handoff-local': { answer: handoffLocalAnswer },
  'POST /cli/machines': { body: createMachineBody, answer: machineAnswer },
  'GET /cli/machines/:id': { answer: machineAnswer },
  'POST /cli/claims': { body: claimRunBody, answer: claimRunAnswer },
  'POST /cli/runs': { body: registerRunBody, answer: runAnswer },
  'POST /cli/runs/held': { body: heldRunsBody, answer: heldRunsAnswer },
  'POST /cli/runs/:id/heartbeat': { answer: runAnswer },
  'POST /cli/runs/:id/token': { body: reportTokenBody, answer: reportTokenAnswer },
  'POST /cli/runs/:id/rejected': { body: reportRejectedBody, answer: reportRejectedAnswer },
  'POST /cli/runs/:id/complete': { body: completeRunBody, answer: runAnswer },
} as const satisfies Record<string, RouteShape>

export type CliRoute = keyof typeof CLI_ROUTES
