import type { ApiRouteShape } from './api-route-shape.ts'
import { addDeviceAnswer, addDeviceBody } from './http/add-device.ts'
import { backupAnswer, backupBody } from './http/backup.ts'
import { censusAnswer, censusQuery } from './http/census.ts'
import { changesAnswer, changesGone, changesQuery } from './http/changes.ts'
import { clearTokenBody } from './http/clear-token.ts'
import { devicesAnswer } from './http/devices.ts'
import { lifecycleBody } from './http/lifecycle.ts'
import { loginAnswer, loginBody, logoutAnswer } from './http/login.ts'
import { machinesAnswer, machinesQuery } from './http/machines.ts'
import { openapiAnswer } from './http/openapi.ts'
import { pageQuery } from './http/page-query.ts'
import {
  patchSessionMetadataAnswer,
  patchSessionMetadataBody,
  patchSessionMetadataConflict,
} from './http/patch-session-metadata.ts'
import { pathId } from './http/path-id.ts'
import { putBackTokenBody } from './http/put-back-token.ts'
import { rebindTokenBody } from './http/rebind-token.ts'
import { restoreSessionAnswer, restoreSessionBody } from './http/restore-session.ts'
import { resumeSessionAnswer, resumeSessionBody, resumeSessionConflict } from './http/resume-session.ts'
import { revokeDeviceAnswer } from './http/revoke-device.ts'
import { runInProgress } from './http/run-in-progress.ts'
import { sessionHistoryAnswer, sessionHistoryQuery } from './http/session-history.ts'
import { sessionRunsAnswer } from './http/session-runs.ts'
import { sessionTokensAnswer } from './http/session-tokens.ts'
import { sessionViewAnswer } from './http/session-view.ts'
import { sessionsAnswer, sessionsQuery } from './http/sessions.ts'
import { stopSessionAnswer, stopSessionBody } from './http/stop-session.ts'
import { verdictAnswer, verdictQuery } from './http/verdict.ts'

const A_SESSION = { params: pathId, missing: 'session_not_found' } as const
const WRITTEN = { answer: patchSessionMetadataAnswer, conflict: patchSessionMetadataConflict } as const
/** The agent has two minutes, and its machine some time before that. */
const RESUME_MS = 150_000
const IN_THE_WAY = ['version_mismatch', 'field_damaged', 'version_exhausted'] as const

/** Every HTTP route for people and other programs. A body or a query with a member that is not listed is refused. */
export const API_ROUTES = {
  'GET /api/sessions': {
    does: 'Lists sessions, newest first, and whether each could be resumed; each resume token shows its first 8 characters.',
    role: 'viewer',
    query: sessionsQuery,
    answer: sessionsAnswer,
    refusals: [],
  },
  'GET /api/sessions/:id': {
    does: 'Shows a session, whether a person may resume it, its newest 20 runs, and the newest 100 resume tokens that it ever had. A viewer sees the first 8 characters of each token.',
    role: 'viewer',
    ...A_SESSION,
    answer: sessionViewAnswer,
    refusals: [],
  },
  'GET /api/sessions/:id/verdict': {
    does: 'Says whether the conversation of a session may be resumed, with every check, what it rests on, and what to do next.',
    role: 'viewer',
    ...A_SESSION,
    query: verdictQuery,
    answer: verdictAnswer,
    refusals: [],
  },
  'GET /api/sessions/:id/runs': {
    does: 'Lists every run that a session had, newest first.',
    role: 'viewer',
    ...A_SESSION,
    query: pageQuery,
    answer: sessionRunsAnswer,
    refusals: [],
  },
  'GET /api/sessions/:id/tokens': {
    does: 'Lists every resume token that a session ever had, newest first.',
    role: 'viewer',
    ...A_SESSION,
    query: pageQuery,
    answer: sessionTokensAnswer,
    refusals: [],
  },
  'GET /api/sessions/:id/history': {
    does: 'Lists what changed in a session, or in one field of it, newest first: who, when, why, before and after.',
    role: 'viewer',
    ...A_SESSION,
    query: sessionHistoryQuery,
    answer: sessionHistoryAnswer,
    refusals: [],
  },
  'PATCH /api/sessions/:id/metadata': {
    does: 'Changes the fields that the patch names and no others (RFC 7396).',
    role: 'agent',
    ...A_SESSION,
    body: patchSessionMetadataBody,
    ...WRITTEN,
    refusals: [...IN_THE_WAY, 'invalid_patch', 'protected_field', 'too_many_keys', 'mutation_reused'],
  },
  'POST /api/sessions/:id/restore': {
    does: 'Sets fields to what they were at a version. It is a new write, and takes no protected field away.',
    role: 'agent',
    ...A_SESSION,
    body: restoreSessionBody,
    answer: restoreSessionAnswer,
    conflict: patchSessionMetadataConflict,
    refusals: [
      ...IN_THE_WAY,
      'invalid_version',
      'history_pruned',
      'not_restorable',
      'too_many_keys',
      'mutation_reused',
    ],
  },
  'POST /api/sessions/:id/clear-token': {
    does: 'Gives up a resume token on purpose, with what is paired with it. Its value stays in the token history.',
    role: 'agent',
    ...A_SESSION,
    body: clearTokenBody,
    ...WRITTEN,
    refusals: [...IN_THE_WAY, 'unknown_flavor', 'mutation_reused'],
  },
  'POST /api/sessions/:id/put-back': {
    does: 'Makes an earlier resume token the token of its session again, with what was paired with it.',
    role: 'agent',
    ...A_SESSION,
    body: putBackTokenBody,
    ...WRITTEN,
    refusals: [...IN_THE_WAY, 'unknown_flavor', 'token_not_found', 'too_many_keys', 'mutation_reused'],
  },
  'POST /api/sessions/:id/rebind': {
    does: "Says to which machine and runtime a resume token belongs, and makes it its session's token.",
    role: 'agent',
    ...A_SESSION,
    body: rebindTokenBody,
    answer: patchSessionMetadataAnswer,
    conflict: runInProgress,
    refusals: [
      'run_in_progress',
      'field_damaged',
      'version_exhausted',
      'unknown_flavor',
      'too_many_keys',
      'mutation_reused',
    ],
  },
  'POST /api/sessions/:id/resume': {
    does: 'Brings the agent of a session back on its own machine, in this session, and answers when it has loaded the conversation. It may take two minutes.',
    role: 'agent',
    ...A_SESSION,
    body: resumeSessionBody,
    answer: resumeSessionAnswer,
    conflict: resumeSessionConflict,
    takesMs: RESUME_MS,
    refusals: [
      'run_in_progress',
      'resume_unavailable',
      'confirmation_required',
      'identity_mismatch',
      'resume_failed',
      'runner_unable',
      'no_machine_online',
      'unknown_flavor',
    ],
  },
  'POST /api/sessions/:id/stop': {
    does: 'Ends what runs in a session, through its client or the runner of its machine, and takes nothing from it.',
    role: 'agent',
    ...A_SESSION,
    body: stopSessionBody,
    answer: stopSessionAnswer,
    refusals: ['no_machine_online', 'no_answer', 'runner_unable'],
  },
  'POST /api/sessions/:id/archive': {
    does: 'Puts a session away. One that is archived already stays as it is.',
    role: 'agent',
    ...A_SESSION,
    body: lifecycleBody,
    ...WRITTEN,
    refusals: [...IN_THE_WAY, 'too_many_keys'],
  },
  'POST /api/sessions/:id/reopen': {
    does: 'Takes a session out of the archive, and starts nothing. One that is not archived stays as it is.',
    role: 'agent',
    ...A_SESSION,
    body: lifecycleBody,
    ...WRITTEN,
    refusals: [...IN_THE_WAY, 'too_many_keys'],
  },
  'GET /api/census': {
    does: 'Counts the sessions that run, that could be resumed and that could not, by agent, machine and reason.',
    role: 'viewer',
    query: censusQuery,
    answer: censusAnswer,
    refusals: [],
  },
  'GET /api/machines': {
    does: 'Lists machines by their ids, and whether their runners are connected.',
    role: 'viewer',
    query: machinesQuery,
    answer: machinesAnswer,
    refusals: [],
  },
  'GET /api/changes': {
    does: 'Tells everything that changed after a seq, without a gap. A viewer sees the first 8 characters of each resume token.',
    role: 'viewer',
    query: changesQuery,
    answer: changesAnswer,
    gone: changesGone,
    refusals: ['too_far_behind'],
  },
  'GET /api/devices': {
    does: 'Lists the devices that were given tokens, newest first, also those whose token was taken back.',
    role: 'admin',
    query: pageQuery,
    answer: devicesAnswer,
    refusals: [],
  },
  'POST /api/devices': {
    does: 'Gives out a token of its own to a device. It is shown in this answer and never again.',
    role: 'admin',
    body: addDeviceBody,
    answer: addDeviceAnswer,
    refusals: [],
  },
  'DELETE /api/devices/:id': {
    does: 'Takes the token of a device back: it and its connections end at once.',
    role: 'admin',
    params: pathId,
    missing: 'device_not_found',
    answer: revokeDeviceAnswer,
    refusals: [],
  },
  'POST /api/backup': {
    does: "Writes a copy of everything to a file on the hub's machine while the hub goes on. It takes the hub's own token.",
    role: 'admin',
    body: backupBody,
    answer: backupAnswer,
    refusals: ['file_exists', 'database_unusable'],
  },
  'POST /api/login': {
    does: 'Takes a token once and sets a cookie that stands for it for 30 days, for browsers.',
    role: null,
    body: loginBody,
    answer: loginAnswer,
    refusals: ['unauthorized', 'storage_busy', 'storage_error', 'store_stopped'],
  },
  'POST /api/logout': {
    does: 'Takes the login cookie away again.',
    role: null,
    answer: logoutAnswer,
    refusals: [],
  },
  'GET /api/openapi.json': {
    does: 'Describes these routes for programs (OpenAPI 3.1).',
    role: null,
    answer: openapiAnswer,
    refusals: [],
  },
} as const satisfies Record<string, ApiRouteShape>

export type ApiRoute = keyof typeof API_ROUTES
