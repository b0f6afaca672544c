import { must } from '../errors/assert.ts'
import type { Reason } from './reasons.ts'
import type { Check, Intent, ResumeDecision } from './verdict.ts'

/** What an objection does: to the decision, by who asks, and to the status of its check. */
interface Weight extends Readonly<Record<Intent, ResumeDecision>> {
  readonly status: Exclude<Check['status'], 'pass'>
}

/** Everything that can speak against a resume, the weightiest first: the first one that is met decides. */
export const WEIGHTS = [
  {
    auto: 'blocked',
    operator: 'blocked',
    status: 'fail',
    objections: ['unknown_flavor', 'session_held'],
  },
  {
    auto: 'fresh',
    operator: 'fresh',
    status: 'fail',
    objections: [
      'no_token',
      'token_cleared',
      'token_damaged',
      'token_quarantined',
      'token_held',
      'transcript_absent',
      'transcript_ambiguous',
      'directory_absent',
    ],
  },
  {
    auto: 'fresh',
    operator: 'confirm',
    status: 'caution',
    objections: [
      'machine_changed',
      'runtime_changed',
      'identity_mismatch',
      'run_failed',
      'run_cancelled',
      'run_interrupted',
      'run_missing',
      'token_provisional',
    ],
  },
  { auto: 'fresh', operator: 'confirm', status: 'unknown', objections: ['runtime_unknown'] },
  {
    auto: 'resume',
    operator: 'confirm',
    status: 'unknown',
    objections: [
      'transcript_unknown',
      'config_dir_unusable',
      'agent_rejected',
      'directory_unknown',
      'machine_unknown',
    ],
  },
  { auto: 'resume', operator: 'confirm', status: 'caution', objections: ['token_shared'] },
] as const satisfies readonly (Weight & { readonly objections: readonly string[] })[]

export type Objection = (typeof WEIGHTS)[number]['objections'][number]

const weights: ReadonlyMap<Objection, Weight & { readonly rank: number }> = new Map(
  WEIGHTS.flatMap(({ objections, ...weight }) =>
    objections.map((objection: Objection) => ({ objection, weight })),
  ).map(({ objection, weight }, rank) => [objection, { ...weight, rank }]),
)

/** What an objection does, and its rank: the lower one weighs more. */
export function weightOf(objection: Objection): Weight & { readonly rank: number } {
  return must(weights.get(objection), `no weight of ${objection}`)
}

/** Two objections have one reason: a run in progress weighs more in the session itself than in another one. */
export function reasonOf(objection: Objection): Reason {
  return objection === 'session_held' || objection === 'token_held' ? 'run_in_progress' : objection
}
