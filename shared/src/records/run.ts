import { z } from 'zod'

/** How a run came about. `implicit`: a released client, which knows no runs, said that its session is alive. */
export const runKindSchema = z.enum(['claimed', 'registered', 'implicit', 'resume'])
export type RunKind = z.infer<typeof runKindSchema>

/**
 * `attempt`: a resume that no runner has accepted. `starting`: accepted, and the agent has not confirmed the token.
 * `running`: it holds the lease. The others are its end; `withdrawn` is that of an attempt that never became a run, and
 * is never a session's last run.
 */
export const runStateSchema = z.enum([
  'attempt',
  'starting',
  'running',
  'success',
  'failed',
  'cancelled',
  'interrupted',
  'withdrawn',
])
export type RunState = z.infer<typeof runStateSchema>

export const runOutcomeSchema = z.enum(['success', 'failed', 'cancelled', 'interrupted'])
export type RunOutcome = z.infer<typeof runOutcomeSchema>

/** What ended it: its own word, the lease that ran out, its holder's newer boot or list, the hub that gave it up. */
export const runEndedBySchema = z.enum(['report', 'client', 'lease', 'holder', 'hub'])
export type RunEndedBy = z.infer<typeof runEndedBySchema>

/** A program that holds runs, and which of its lives it is in: a later boot has a larger number. */
export const holderSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/),
  boot: z.int().min(0),
})
export type Holder = z.infer<typeof holderSchema>

export const runRecordSchema = z.strictObject({
  id: z.string(),
  session: z.string(),
  kind: runKindSchema,
  state: runStateSchema,
  /** Null where a client that knows no runs is in a session that names no agent. */
  flavor: z.string().nullable(),
  /** The token that it carries now: what it was given, or what its agent reported last. */
  token: z.string().nullable(),
  machineId: z.string().nullable(),
  runtimeId: z.string().nullable(),
  directory: z.string().nullable(),
  holder: holderSchema.nullable(),
  /** Another program is, or was, in the same conversation at the same time. */
  contended: z.boolean(),
  startedAt: z.int(),
  endedAt: z.int().nullable(),
  endedBy: runEndedBySchema.nullable(),
  /** What was said of its end. */
  reason: z.string().nullable(),
})
export type RunRecord = z.infer<typeof runRecordSchema>
