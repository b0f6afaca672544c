import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { API_ROUTES } from './api-routes.ts'
import { CALLS } from './calls.ts'
import { EVENTS, type EventShape } from './events.ts'
import { fingerprint } from './fingerprint.ts'
import { handshakeAuth } from './handshake-auth.ts'
import { errorBody } from './http/error-body.ts'
import { CLI_ROUTES, type RouteShape } from './routes.ts'
import { rpcError } from './rpc/rpc-error.ts'
import {
  LOWEST_PROTOCOL_VERSION,
  PROTOCOL_HISTORY,
  PROTOCOL_VERSION,
  RELEASED_PROTOCOL_HEADER,
} from './version.ts'

const text = z.string()

function printsOf(shapes: { readonly [name: string]: { readonly [part: string]: unknown } }) {
  return Object.fromEntries(
    Object.entries(shapes).flatMap(([name, parts]) =>
      Object.entries(parts).flatMap(([part, schema]) =>
        schema instanceof z.ZodType ? [[`${name} ${part}`, fingerprint(schema)] as const] : [],
      ),
    ),
  )
}

function wire() {
  const events: { [name: string]: { [part in keyof EventShape]: EventShape[part] } } = {
    ...EVENTS['/cli'].up,
    ...EVENTS['/cli'].down,
    ...EVENTS['/watch'].up,
    ...EVENTS['/watch'].down,
  }
  const routes: { [name: string]: { [part in keyof RouteShape]: RouteShape[part] } } = {
    ...CLI_ROUTES,
    ...API_ROUTES,
  }
  return {
    events: printsOf(events),
    routes: printsOf(routes),
    calls: printsOf({ ...CALLS }),
    other: printsOf({
      handshake: { auth: handshakeAuth },
      http: { error: errorBody },
      rpc: { error: rpcError },
    }),
  }
}

describe('the print of a shape', () => {
  test('[WI1] is the same for every way of writing the same shape down', () => {
    const one = z.strictObject({ a: text, b: z.enum(['x', 'y']).optional(), c: z.int() })
    const other = z.strictObject({ c: z.int(), a: z.string(), b: z.enum(['y', 'x']).optional() })
    expect(fingerprint(one)).toBe(fingerprint(other))
    expect(fingerprint(one)).toBe(fingerprint(one))
    expect(fingerprint(one)).toMatch(/^[0-9a-f]{12}$/)
  })

  const shapes: readonly [string, z.ZodType][] = [
    ['a strict object', z.strictObject({ a: text })],
    ['a loose one', z.looseObject({ a: text })],
    ['one that strips', z.object({ a: text })],
    ['another name', z.strictObject({ b: text })],
    ['another type', z.strictObject({ a: z.number() })],
    ['whole numbers', z.strictObject({ a: z.int() })],
    ['an optional member', z.strictObject({ a: text.optional() })],
    ['a nullable member', z.strictObject({ a: text.nullable() })],
    ['a lenient member', z.strictObject({ a: text.optional().catch(undefined) })],
    ['one member more', z.strictObject({ a: text, b: text })],
    ['one optional member more', z.strictObject({ a: text, b: text.optional() })],
    ['a minimum', z.strictObject({ a: text.min(1) })],
    ['a pattern', z.strictObject({ a: text.regex(/^a/) })],
    ['an enum', z.strictObject({ a: z.enum(['x', 'y']) })],
    ['a longer enum', z.strictObject({ a: z.enum(['x', 'y', 'z']) })],
    ['a literal', z.strictObject({ a: z.literal('x') })],
    ['anything', z.strictObject({ a: z.unknown() })],
    ['nothing', z.strictObject({ a: z.undefined() })],
    ['perhaps anything', z.strictObject({ a: z.unknown().optional() })],
    ['a list', z.strictObject({ a: z.array(text) })],
    ['a map', z.strictObject({ a: z.record(text, text) })],
    ['a deeper change', z.strictObject({ a: z.strictObject({ b: z.strictObject({ c: text }) }) })],
    ['another deeper change', z.strictObject({ a: z.strictObject({ b: z.looseObject({ c: text }) }) })],
    ['a union', z.discriminatedUnion('a', [z.strictObject({ a: z.literal('x') })])],
  ]

  test('[WI1] is another one for every change of the shape', () => {
    const prints = shapes.map(([name, schema]) => [fingerprint(schema), name] as const)
    const twins = prints.filter(([print, name]) =>
      prints.some((other) => other[0] === print && other[1] !== name),
    )
    expect(twins).toEqual([])
  })
})

describe('versions', () => {
  test('[WI1] the history ends at the version, and has a line for each', () => {
    expect(PROTOCOL_HISTORY.map((line) => line.version)).toEqual(
      Array.from({ length: PROTOCOL_VERSION }, (_, index) => index + 1),
    )
    expect(PROTOCOL_HISTORY.every((line) => line.brought.length > 10)).toBe(true)
    expect(LOWEST_PROTOCOL_VERSION).toBeGreaterThanOrEqual(1)
    expect(LOWEST_PROTOCOL_VERSION).toBeLessThanOrEqual(PROTOCOL_VERSION)
  })

  test('[CO1] every answer says the version that released clients look for', () => {
    expect(RELEASED_PROTOCOL_HEADER).toEqual({ name: 'X-Hapi-Protocol-Version', value: '1' })
  })

  test('[WI1] the wire shape is pinned to the protocol version', () => {
    // Red? Raise PROTOCOL_VERSION, add its line to PROTOCOL_HISTORY, then put the new prints here.
    expect({ version: PROTOCOL_VERSION, ...wire() }).toEqual(PINNED)
  })
})

const PINNED = {
  version: 4,
  events: {
    'update-metadata payload': '680644d91cbf',
    'update-metadata ack': '0eccb203e6f7',
    'update-state payload': '48a25012da63',
    'update-state ack': '4f2f7b69f98a',
    'machine-update-metadata payload': '25ec4550d35f',
    'machine-update-metadata ack': '8a83c5853270',
    'machine-update-state payload': 'b65bd3d2faf7',
    'machine-update-state ack': 'ff2c31c156f2',
    'session-alive payload': '6fb8e1dd5b37',
    'session-ready payload': '6a256d44ade5',
    'session-end payload': 'a4706bec1c27',
    'machine-alive payload': 'b83311a8708f',
    'ping payload': '7e4513efeb07',
    'ping ack': 'e604894e4389',
    'rpc-register payload': 'bc8edfc22c83',
    'rpc-unregister payload': 'bc8edfc22c83',
    'patch-metadata payload': 'fbd4ee5c4a99',
    'patch-metadata ack': '6db6dc30bd20',
    'clear-resume-token payload': '02b2c68ad2bf',
    'clear-resume-token ack': '6db6dc30bd20',
    'update payload': '69f9394ef470',
    'error payload': '54d01ed9b9d4',
    'rpc-request payload': 'a002d250313b',
    'rpc-request ack': '702b11a3412e',
    'session-patched payload': 'b1dacdea34ed',
    'watch payload': 'f985ca8b88f6',
    'watch ack': 'c73825c58383',
    'changes payload': 'b9f9c8a20520',
    'changes ack': 'e604894e4389',
    'facts payload': '98e26a462997',
    'facts ack': 'e604894e4389',
    'resync payload': 'fa19c20f7cf1',
    'resync ack': 'e604894e4389',
  },
  routes: {
    'POST /cli/sessions body': '33a6a78503f3',
    'POST /cli/sessions answer': 'cc30db1442c0',
    'GET /cli/sessions/resumable query': 'fe731f4831ef',
    'GET /cli/sessions/resumable answer': 'be04f914cc5c',
    'GET /cli/sessions/:id answer': 'cc30db1442c0',
    'GET /cli/sessions/:id/resume-target answer': '6a87d6bc5432',
    'GET /cli/sessions/:id/messages answer': 'aaa0f48bf8ba',
    'POST /cli/sessions/:id/handoff-local answer': 'e4e3b4c5dce1',
    'POST /cli/machines body': '10717baf9a12',
    'POST /cli/machines answer': 'de0119dacc3b',
    'GET /cli/machines/:id answer': 'de0119dacc3b',
    'POST /cli/claims body': 'd5e3e203fbe0',
    'POST /cli/claims answer': 'c02cabea36e5',
    'POST /cli/runs body': '7a31da8bad82',
    'POST /cli/runs answer': '8ffc5a07aae6',
    'POST /cli/runs/held body': 'dc9f505c995c',
    'POST /cli/runs/held answer': '9286a4d0ad88',
    'POST /cli/runs/:id/heartbeat answer': '8ffc5a07aae6',
    'POST /cli/runs/:id/token body': '316dc3a3c026',
    'POST /cli/runs/:id/token answer': '5ce8f9f93729',
    'POST /cli/runs/:id/rejected body': '1738fa07b74d',
    'POST /cli/runs/:id/rejected answer': '916c41f053e6',
    'POST /cli/runs/:id/complete body': '65fdb53e2ebb',
    'POST /cli/runs/:id/complete answer': '8ffc5a07aae6',
    'GET /api/sessions query': 'c611430004b6',
    'GET /api/sessions answer': '4157098c655d',
    'GET /api/sessions/:id params': '533a3eb968e2',
    'GET /api/sessions/:id answer': 'e4f1102a7230',
    'GET /api/sessions/:id/verdict params': '533a3eb968e2',
    'GET /api/sessions/:id/verdict query': '0f06e72beec6',
    'GET /api/sessions/:id/verdict answer': '7ead0ae08197',
    'GET /api/sessions/:id/runs params': '533a3eb968e2',
    'GET /api/sessions/:id/runs query': '84f14373f4c3',
    'GET /api/sessions/:id/runs answer': '2661a5be00e9',
    'GET /api/sessions/:id/tokens params': '533a3eb968e2',
    'GET /api/sessions/:id/tokens query': '84f14373f4c3',
    'GET /api/sessions/:id/tokens answer': 'c5fc3b750122',
    'GET /api/sessions/:id/history params': '533a3eb968e2',
    'GET /api/sessions/:id/history query': 'b1e9dfd87e6e',
    'GET /api/sessions/:id/history answer': 'a3a66d1ee14a',
    'PATCH /api/sessions/:id/metadata params': '533a3eb968e2',
    'PATCH /api/sessions/:id/metadata body': '05c29c45f149',
    'PATCH /api/sessions/:id/metadata answer': '1028d1dc2eff',
    'PATCH /api/sessions/:id/metadata conflict': '1065a49c433b',
    'POST /api/sessions/:id/restore params': '533a3eb968e2',
    'POST /api/sessions/:id/restore body': 'd8a11d8394c8',
    'POST /api/sessions/:id/restore answer': 'e48108087eea',
    'POST /api/sessions/:id/restore conflict': '1065a49c433b',
    'POST /api/sessions/:id/clear-token params': '533a3eb968e2',
    'POST /api/sessions/:id/clear-token body': 'd62c2ac364cf',
    'POST /api/sessions/:id/clear-token answer': '1028d1dc2eff',
    'POST /api/sessions/:id/clear-token conflict': '1065a49c433b',
    'POST /api/sessions/:id/put-back params': '533a3eb968e2',
    'POST /api/sessions/:id/put-back body': '42e5697ff346',
    'POST /api/sessions/:id/put-back answer': '1028d1dc2eff',
    'POST /api/sessions/:id/put-back conflict': '1065a49c433b',
    'POST /api/sessions/:id/rebind params': '533a3eb968e2',
    'POST /api/sessions/:id/rebind body': 'f8254675f4e3',
    'POST /api/sessions/:id/rebind answer': '1028d1dc2eff',
    'POST /api/sessions/:id/rebind conflict': '7330ed7cb769',
    'POST /api/sessions/:id/resume params': '533a3eb968e2',
    'POST /api/sessions/:id/resume body': 'eb74c6046c7b',
    'POST /api/sessions/:id/resume answer': 'ca42ee89d186',
    'POST /api/sessions/:id/resume conflict': '48eeecd0b071',
    'POST /api/sessions/:id/stop params': '533a3eb968e2',
    'POST /api/sessions/:id/stop body': '113f2d3ac275',
    'POST /api/sessions/:id/stop answer': '9e8f4a242ee4',
    'POST /api/sessions/:id/archive params': '533a3eb968e2',
    'POST /api/sessions/:id/archive body': '113f2d3ac275',
    'POST /api/sessions/:id/archive answer': '1028d1dc2eff',
    'POST /api/sessions/:id/archive conflict': '1065a49c433b',
    'POST /api/sessions/:id/reopen params': '533a3eb968e2',
    'POST /api/sessions/:id/reopen body': '113f2d3ac275',
    'POST /api/sessions/:id/reopen answer': '1028d1dc2eff',
    'POST /api/sessions/:id/reopen conflict': '1065a49c433b',
    'GET /api/census query': 'c53246f6cefb',
    'GET /api/census answer': 'a4e76848a66e',
    'GET /api/machines query': '1d6efb187075',
    'GET /api/machines answer': '3e4632e2cbe1',
    'GET /api/changes query': 'f945b8b87b20',
    'GET /api/changes answer': 'c917da4887a3',
    'GET /api/changes gone': '060925ab2006',
    'GET /api/devices query': '84f14373f4c3',
    'GET /api/devices answer': '8112828d2edd',
    'POST /api/devices body': 'c9e3a2eb6edf',
    'POST /api/devices answer': '780fbe7bae61',
    'DELETE /api/devices/:id params': '533a3eb968e2',
    'DELETE /api/devices/:id answer': '090d1734fe30',
    'POST /api/backup body': '31d3571c8e9c',
    'POST /api/backup answer': '00c8b5d18279',
    'POST /api/login body': 'dc1cc2019839',
    'POST /api/login answer': '465a3e6d0e28',
    'POST /api/logout answer': 'e4e3b4c5dce1',
    'GET /api/openapi.json answer': '217d486dad3e',
  },
  calls: {
    'spawn-happy-session params': 'be76984b578b',
    'spawn-happy-session answer': '67eb2795c80b',
    'stop-session params': '63c27c1705b8',
    'stop-session answer': '619cf0931434',
    'path-exists params': 'faadf4ed966a',
    'path-exists answer': '74aa83555fae',
    'cursor-chat-store-status params': '80bfc1a83c64',
    'cursor-chat-store-status answer': 'd16ccca8ce32',
    'look-for-conversation params': 'ff3fcba9a7de',
    'look-for-conversation answer': 'baee84d09b73',
    'start-run params': '4780c4492bdd',
    'start-run answer': '964892b1ed9e',
    'stop-run params': '1fe79ed51820',
    'stop-run answer': '619cf0931434',
    'killSession params': 'fb5f10e6ffdc',
    'killSession answer': 'd41c326b1981',
    'handoff-local params': 'fb5f10e6ffdc',
    'handoff-local answer': '7e4513efeb07',
  },
  other: {
    'handshake auth': '08f08c719347',
    'http error': 'f21c4658e473',
    'rpc error': '70b48512118b',
  },
}
