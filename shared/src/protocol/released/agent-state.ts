import { z } from 'zod'
import { startingMode } from './modes.ts'

const request = {
  tool: z.string(),
  /** Any value, null too; but the key must be there. */
  arguments: z.unknown(),
  toolCallId: z.string().optional(),
  createdAt: z.number().nullish(),
}

const answers = z.union([
  z.record(z.string(), z.array(z.string())),
  z.record(z.string(), z.object({ answers: z.array(z.string()) })),
])

/** A tool call that waits for a person. */
export const releasedRequest = z.object(request)

/** A tool call that a person, or the agent, has settled. */
export const releasedCompletedRequest = z.object({
  ...request,
  completedAt: z.number().nullish(),
  status: z.enum(['canceled', 'denied', 'approved', 'resolved']),
  reason: z.string().optional(),
  mode: z.string().optional(),
  decision: z.enum(['approved', 'approved_for_session', 'denied', 'abort']).optional(),
  allowTools: z.array(z.string()).optional(),
  answers: answers.optional(),
})

/** The agent state that released clients accept; the whole may be null. */
export const releasedAgentState = z.object({
  controlledByUser: z.boolean().nullish(),
  codexPlanProposalId: z.string().nullish(),
  steeringActive: z.boolean().nullish(),
  startingMode: startingMode.nullish(),
  requests: z.record(z.string(), releasedRequest).nullish(),
  completedRequests: z.record(z.string(), releasedCompletedRequest).nullish(),
})
