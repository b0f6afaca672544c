import { bearing, getting, patching } from './asking.ts'
import type { BadRequest } from './bad-request.ts'
import { ROOT_TOKEN } from './door-world.ts'

const EVIL = { origin: 'http://evil.example' }

const WHERE: readonly BadRequest[] = [
  [
    '[SE3] H03 another host',
    getting('/cli/sessions/ID', { headers: { host: 'rebind.evil.example' } }),
    403,
    'host_not_allowed',
  ],
  [
    '[SE3] H04 a host that is none',
    getting('/cli/sessions/ID', { headers: { host: 'a b c' } }),
    403,
    'host_not_allowed',
  ],
  [
    '[SE3] H06 an address of another host',
    getting('/cli/sessions/ID', { authority: 'evil.example' }),
    403,
    'host_not_allowed',
  ],
  [
    '[SE3] H07 a trailing dot',
    getting('/cli/sessions/ID', { headers: { host: 'localhost.' } }),
    403,
    'host_not_allowed',
  ],
  [
    '[SE5] H19 GET where there is only POST',
    getting('/cli/sessions/ID/handoff-local'),
    405,
    'method_not_allowed',
  ],
  [
    '[SE5] H18 a method that no path has',
    getting('/api/sessions/ID', { method: 'PUT' }),
    405,
    'method_not_allowed',
  ],
  [
    '[SE3] H20 a preflight of another page',
    getting('/api/sessions/ID', { method: 'OPTIONS', headers: EVIL, token: null }),
    403,
    'origin_not_allowed',
  ],
  [
    '[SE3] H21 a write from another page',
    (id) => ({ ...patching({ patch: {} }, EVIL)(id) }),
    403,
    'origin_not_allowed',
  ],
  [
    '[SE3] H22 a page without an origin',
    getting('/cli/sessions/ID', { headers: { origin: 'null' } }),
    403,
    'origin_not_allowed',
  ],
  ['[CO11] an unknown path', getting('/cli/nothing'), 404, 'not_found'],
  ['[CO11] the door without a path', getting('/cli'), 404, 'not_found'],
  ['[SE5] a trailing slash', getting('/api/sessions/ID/'), 404, 'not_found'],
  ['[SE5] a path outside the doors', getting('/etc/passwd'), 404, 'not_found'],
  ['[SE5] H92 two slashes', getting('//api/sessions/ID', { token: null }), 404, 'not_found'],
  ['[SE5] H92 another case', getting('/API/sessions/ID', { token: null }), 404, 'not_found'],
  ['[SE5] H92 a disguised way up', getting('/api/sessions/..;/devices'), 404, 'not_found'],
  [
    '[SE3] H92 an encoded path needs a token too',
    getting('/api/%73essions/ID', { token: null }),
    401,
    'unauthorized',
  ],
  [
    '[SE3] H92 an encoded door needs a token too',
    getting('/%63li/sessions/ID', { token: null }),
    401,
    'unauthorized',
  ],
]

const WHO: readonly BadRequest[] = [
  ['[CO1] H74 no token', getting('/cli/sessions/ID', { token: null }), 401, 'unauthorized'],
  ['[CO1] H75 the scheme alone', bearing('Bearer'), 401, 'unauthorized'],
  ['[CO1] H76 a wrong token', bearing('Bearer wrong'), 401, 'unauthorized'],
  [
    '[CO1] H76 a wrong token as long as the right one',
    bearing(`Bearer ${'x'.repeat(ROOT_TOKEN.length)}`),
    401,
    'unauthorized',
  ],
  ['[CO1] H77 a token with something behind it', bearing(`Bearer ${ROOT_TOKEN} x`), 401, 'unauthorized'],
  ['[SE5] H78 a token of 10 KB', bearing(`Bearer ${'x'.repeat(10_000)}`), 401, 'unauthorized'],
  [
    '[SE4] H79 a token in the address',
    getting(`/cli/sessions/ID?token=${ROOT_TOKEN}`, { token: null }),
    401,
    'unauthorized',
  ],
  [
    '[SE4] H79 a token in the address beside a right one',
    getting('/api/sessions/ID?access_token'),
    401,
    'unauthorized',
  ],
  [
    '[SE5] H80 two Authorization headers',
    bearing(`Bearer ${ROOT_TOKEN}, Bearer ${ROOT_TOKEN}`),
    400,
    'invalid_request',
  ],
  ['[CO1] H81 another scheme', bearing(`Basic ${ROOT_TOKEN}`), 401, 'unauthorized'],
  [
    '[SE2] H82 the session of another tenant',
    getting('/cli/sessions/ID', { token: `${ROOT_TOKEN}:other` }),
    404,
    'session_not_found',
  ],
]

/** Requests of which it counts where they were meant to go, and who sent them. */
export const BAD_APPROACHES: readonly BadRequest[] = [...WHERE, ...WHO]
