import { describe, expect, test } from 'vitest'
import { API_ROUTES } from '../api-routes.ts'
import type { ApiRouteShape } from '../api-route-shape.ts'
import { ERRORS } from '../../errors/codes.ts'
import { shapeProblems, type MessageCase } from '../contract/shape-problems.ts'
import { refusalsOf } from '../refusals-of.ts'
import { changesAnswer, changesGone, changesQuery } from './changes.ts'
import { clearTokenBody } from './clear-token.ts'
import { errorBody } from './error-body.ts'
import { lifecycleBody } from './lifecycle.ts'
import { loginAnswer, loginBody, logoutAnswer } from './login.ts'
import { machineRow, machinesAnswer, machinesQuery } from './machines.ts'
import { openapiAnswer } from './openapi.ts'
import { putBackTokenBody } from './put-back-token.ts'
import { restoreSessionAnswer, restoreSessionBody } from './restore-session.ts'
import { resumeSessionAnswer, resumeSessionBody } from './resume-session.ts'
import { sessionHistoryAnswer, sessionHistoryQuery } from './session-history.ts'
import { sessionTokensAnswer } from './session-tokens.ts'
import { sessionRow, sessionsAnswer, sessionsQuery } from './sessions.ts'

const MUTATION = 'mutation-0000000001'
const TIMES = { createdAt: 1, updatedAt: 2, active: true, activeAt: 2 }
const ROW = {
  ...TIMES,
  id: 's',
  tag: 't',
  thinking: false,
  thinkingAt: 2,
  metadata: { path: '/p' },
  metadataVersion: 1,
  damaged: ['name'],
  verdict: { class: 'at_risk', reason: 'run_missing' },
}
const MACHINE = { id: 'm', ...TIMES, metadata: { host: 'h' }, metadataVersion: 1 }
const GONE = {
  error: 'e',
  code: 'too_far_behind',
  because: 'pruned',
  epoch: 'e',
  floor: 1,
  head: 2,
}
const HEAD = { seq: 1, session: 's', version: 1, at: 1, op: 'patch', actor: { door: 'http' }, reason: null }
const CHANGE = { ...HEAD, set: { a: [1] }, removed: ['b'], unavailable: ['c'] }

type Case = Omit<MessageCase, 'unknown'>

const STRICT: readonly Case[] = [
  {
    name: 'what a list of sessions is asked for',
    schema: sessionsQuery,
    full: {
      state: 'active',
      flavor: 'f',
      machineId: 'm',
      verdict: 'lost',
      q: 'w',
      limit: '1',
      cursor: '1',
    },
    optional: ['state', 'flavor', 'machineId', 'verdict', 'q', 'limit', 'cursor'],
  },
  {
    name: 'a session in a list',
    schema: sessionRow,
    full: ROW,
    nullable: ['activeAt', 'thinkingAt'],
  },
  {
    name: 'the list of sessions',
    schema: sessionsAnswer,
    full: { sessions: [ROW], nextCursor: '1' },
    nullable: ['nextCursor'],
  },
  {
    name: 'the tokens of a session',
    schema: sessionTokensAnswer,
    full: { tokens: [], nextCursor: '1' },
    nullable: ['nextCursor'],
  },
  {
    name: 'what a history is asked for',
    schema: sessionHistoryQuery,
    full: { limit: '1', before: '1', field: 'f' },
    optional: ['limit', 'before', 'field'],
  },
  {
    name: 'the history of a session',
    schema: sessionHistoryAnswer,
    full: { entries: [{ ...HEAD, changes: { a: { beforeVersion: 0 } } }], nextCursor: '1' },
    nullable: ['nextCursor'],
  },
  {
    name: 'a restore',
    schema: restoreSessionBody,
    full: { version: 1, fields: ['f'], reason: 'r', mutationId: MUTATION },
    optional: ['fields', 'reason', 'mutationId'],
  },
  {
    name: 'the answer of a restore',
    schema: restoreSessionAnswer,
    full: { result: 'success', version: 1, changed: [], kept: [], rebasedFrom: 1, skipped: ['f'] },
    optional: ['rebasedFrom', 'skipped'],
  },
  {
    name: 'giving up a token',
    schema: clearTokenBody,
    full: { flavor: 'claude', expectedToken: 't', reason: 'r', mutationId: MUTATION },
    optional: ['expectedToken', 'mutationId'],
  },
  {
    name: 'putting a token back',
    schema: putBackTokenBody,
    full: { flavor: 'claude', value: 't', reason: 'r', mutationId: MUTATION },
    optional: ['reason', 'mutationId'],
  },
  {
    name: 'a resume',
    schema: resumeSessionBody,
    full: { acceptRisk: ['token', 'last-run'], prompt: 'Go on.' },
    optional: ['acceptRisk', 'prompt'],
  },
  {
    name: 'the answer of a resume',
    schema: resumeSessionAnswer,
    full: { type: 'success', sessionId: 's', runId: 'r' },
  },
  { name: 'archiving', schema: lifecycleBody, full: { reason: 'r' }, optional: ['reason'] },
  {
    name: 'what a list of machines is asked for',
    schema: machinesQuery,
    full: { limit: '1', cursor: 'm' },
    optional: ['limit', 'cursor'],
  },
  {
    name: 'a machine in a list',
    schema: machineRow,
    full: MACHINE,
    nullable: ['activeAt'],
    any: ['metadata'],
  },
  {
    name: 'the list of machines',
    schema: machinesAnswer,
    full: { machines: [MACHINE], nextCursor: 'm' },
    nullable: ['nextCursor'],
  },
  {
    name: 'what the changes are asked for',
    schema: changesQuery,
    full: { since: '1', epoch: 'e', limit: '1' },
    optional: ['since', 'epoch', 'limit'],
  },
  {
    name: 'the changes',
    schema: changesAnswer,
    full: { epoch: 'e', changes: [CHANGE], through: 1, head: 1 },
  },
  { name: 'a login', schema: loginBody, full: { token: 't' } },
  {
    name: 'who logged in',
    schema: loginAnswer,
    full: { namespace: 'n', role: 'viewer', device: 'd', expiresAt: 1 },
    nullable: ['device'],
  },
  { name: 'the end of a login', schema: logoutAnswer, full: { ok: true } },
]

const OPEN: readonly Case[] = [
  { name: 'changes that can not be told', schema: changesGone, full: GONE },
  { name: 'the description of the routes', schema: openapiAnswer, full: { openapi: '3.1.0' } },
]

const SHAPES: readonly MessageCase[] = [
  ...STRICT.map((message): MessageCase => ({ ...message, unknown: 'are refused' })),
  ...OPEN.map((message): MessageCase => ({ ...message, unknown: 'pass' })),
]

describe('what the routes for people and programs take and answer', () => {
  test.each(SHAPES.map((message): [string, MessageCase] => [message.name, message]))(
    '[WI1] %s has exactly its shape',
    (_, message) => {
      expect(shapeProblems(message)).toEqual([])
    },
  )

  test('[WI7] changes that can not be told are an error like every other', () => {
    expect(errorBody.safeParse(GONE).success).toBe(true)
  })

  test('[WI7] what comes with a status is said for that status', () => {
    for (const [route, shape] of Object.entries<ApiRouteShape>(API_ROUTES)) {
      const codes = refusalsOf(route.split(' ')[0] ?? '', shape)
      const has = (status: number): boolean => codes.some((code) => ERRORS[code].http === status)
      const needed = [
        ...(shape.conflict === undefined ? [] : [409]),
        ...(shape.gone === undefined ? [] : [410]),
        ...(shape.params === undefined ? [] : [404]),
      ]
      expect([route, needed.filter((status) => !has(status))]).toEqual([route, []])
      expect([route, new Set(codes).size]).toEqual([route, codes.length])
    }
  })
})
