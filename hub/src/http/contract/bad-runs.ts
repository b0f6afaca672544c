import { getting } from './asking.ts'
import type { BadRequest } from './bad-request.ts'
import { UUID, type Asking } from './door-world.ts'

const CLAIM = { key: 'k', flavor: 'claude', machineId: 'm1' }

const claiming = (more: object) => (): Asking => ({
  method: 'POST',
  path: '/cli/claims',
  body: { ...CLAIM, ...more },
})

const registering = (more: object) => (): Asking => ({
  method: 'POST',
  path: '/cli/runs',
  body: { ...CLAIM, runId: UUID, ...more },
})

const reporting =
  (report: string, body: unknown, run: string = UUID) =>
  (): Asking => ({ method: 'POST', path: `/cli/runs/${run}/${report}`, body })

const holding = (body: unknown) => (): Asking => ({ method: 'POST', path: '/cli/runs/held', body })

const wrong = (field: string) => [400, 'invalid_request', { field }] as const

/** Requests about runs that are declined, each for what it carries. */
export const BAD_RUNS: readonly BadRequest[] = [
  ['[RU4] a claim without a key', claiming({ key: undefined }), ...wrong('key')],
  ['[RU4] a claim with a blank key', claiming({ key: '' }), ...wrong('key')],
  ['[RU4] a claim without a flavor', claiming({ flavor: undefined }), ...wrong('flavor')],
  ['[RU4] a claim without a machine', claiming({ machineId: undefined }), ...wrong('machineId')],
  ['[RU4] a claim of a machine that can not be', claiming({ machineId: 'a b' }), ...wrong('machineId')],
  ['[RU4] a claim with a run id of its own making', claiming({ runId: 'mine' }), ...wrong('runId')],
  ['[RU4] a claim with a misspelt member', claiming({ runtimeID: 'r' }), ...wrong('runtimeID')],
  ['[RU4] a claim of a third intent', claiming({ intent: 'robot' }), ...wrong('intent')],
  ['[RV3] a claim that accepts no check', claiming({ acceptRisk: ['all'] }), 400, 'invalid_request'],
  [
    '[RV6] a claim with a fourth kind of sight',
    claiming({ evidence: { directory: 'gone' } }),
    400,
    'invalid_request',
  ],
  ['[RU3] a holder without a boot', claiming({ holder: { id: 'h' } }), 400, 'invalid_request'],
  ['[RU3] a holder with half a boot', claiming({ holder: { id: 'h', boot: 1.5 } }), 400, 'invalid_request'],
  [
    '[ME8] a claim with metadata that is a list',
    claiming({ metadata: [] }),
    422,
    'invalid_metadata',
    { field: 'metadata' },
  ],
  [
    '[ME11] a claim with a forbidden key',
    claiming({ metadata: { a: { constructor: 1 } } }),
    422,
    'forbidden_key',
  ],
  [
    '[ME11] a claim with metadata over 1 MiB',
    claiming({ metadata: { a: 'x'.repeat(1024 * 1024) } }),
    413,
    'too_large',
  ],
  ['[ME11] a claim with NUL in its key', claiming({ key: 'a\u0000b' }), 422, 'invalid_field'],
  ['[RV7] a claim of an unknown agent', claiming({ flavor: 'nobodys' }), 422, 'unknown_flavor'],
  [
    '[SE5] a claim that is no JSON',
    () => ({ method: 'POST', path: '/cli/claims', body: '{' }),
    400,
    'invalid_json',
  ],
  ['[SE5] a claim read', getting('/cli/claims'), 405, 'method_not_allowed'],
  ['[RU4] a run registered without its id', registering({ runId: undefined }), ...wrong('runId')],
  ['[RU4] a run registered with an intent', registering({ intent: 'auto' }), ...wrong('intent')],
  [
    '[ME8] a run registered with metadata that is text',
    registering({ metadata: 'x' }),
    422,
    'invalid_metadata',
  ],
  ['[RV7] a run of an unknown agent', registering({ flavor: 'nobodys' }), 422, 'unknown_flavor'],
  ['[RU5] a heartbeat of no run', reporting('heartbeat', undefined), 404, 'run_not_found'],
  ['[SE2] a heartbeat of what can not be', reporting('heartbeat', undefined, 'a%00b'), 404, 'run_not_found'],
  ['[SE5] a heartbeat read', getting(`/cli/runs/${UUID}/heartbeat`), 405, 'method_not_allowed'],
  ['[SE5] a report of another name', reporting('forget', {}), 404, 'not_found'],
  ['[RU5] a token of no run', reporting('token', { token: 't', state: 'confirmed' }), 404, 'run_not_found'],
  ['[RU5] a blank token', reporting('token', { token: '', state: 'confirmed' }), ...wrong('token')],
  [
    '[ME2] a token of over 4 KiB',
    reporting('token', { token: 't'.repeat(4097), state: 'confirmed' }),
    400,
    'invalid_request',
  ],
  [
    '[RU5] a token that is quarantined by word',
    reporting('token', { token: 't', state: 'quarantined' }),
    ...wrong('state'),
  ],
  ['[RU5] a rejection without a message', reporting('rejected', { token: 't' }), ...wrong('message')],
  [
    '[RU5] an end that only the hub can say',
    reporting('complete', { outcome: 'interrupted' }),
    ...wrong('outcome'),
  ],
  ['[RU5] an end without an outcome', reporting('complete', {}), ...wrong('outcome')],
  [
    '[SE5] an end with a reason of over 1,024',
    reporting('complete', { outcome: 'failed', reason: 'x'.repeat(1025) }),
    ...wrong('reason'),
  ],
  ['[RU3] a list without a holder', holding({ runs: [] }), ...wrong('holder')],
  [
    '[RU3] a list of what can not be',
    holding({ holder: { id: 'h', boot: 1 }, runs: ['a b'] }),
    400,
    'invalid_request',
  ],
  [
    '[SE5] a list of over 10,000',
    holding({ holder: { id: 'h', boot: 1 }, runs: Array.from({ length: 10_001 }, () => 'r') }),
    400,
    'invalid_request',
  ],
]
