import { z } from 'zod'

/** Why a token is not handed out just like that, or why a person is asked first. Closed: programs may switch over it. */
export const REASONS = [
  'no_token',
  'token_provisional',
  'token_quarantined',
  'token_cleared',
  'token_damaged',
  'token_shared',
  'run_in_progress',
  'run_interrupted',
  'run_cancelled',
  'run_failed',
  'run_missing',
  'runtime_changed',
  'runtime_unknown',
  'machine_changed',
  'machine_unknown',
  'directory_absent',
  'directory_unknown',
  'config_dir_unusable',
  'transcript_absent',
  'transcript_unknown',
  'transcript_ambiguous',
  'unknown_flavor',
  'identity_mismatch',
  'agent_rejected',
] as const

export const reasonSchema = z.enum(REASONS)
export type Reason = (typeof REASONS)[number]
