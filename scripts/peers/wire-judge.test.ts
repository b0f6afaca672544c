import { describe, expect, test } from 'vitest'
import { judgeWire } from './wire-judge.ts'
import type { WireRecord } from './wire-record.ts'
import { readSocketIoPacket } from './socket-io-packet.ts'

function said(from: 'client' | 'hub', text: string): WireRecord {
  const packet = readSocketIoPacket(text)
  if (packet === null) throw new Error(`nothing is said by ${text}`)
  return { kind: 'packet', connection: 1, from, packet }
}

function event(name: string, payload: unknown, id: number | '' = ''): string {
  return `42/cli,${id}${JSON.stringify([name, payload])}`
}

function exchange(parts: Partial<Extract<WireRecord, { kind: 'exchange' }>>): WireRecord {
  const body = { machine: MACHINE }
  return {
    kind: 'exchange',
    method: 'GET',
    path: '/cli/machines/m',
    body: '',
    status: 200,
    headers: { 'x-hapi-protocol-version': '1' },
    answer: JSON.stringify(body),
    ...parts,
  }
}

const MACHINE = {
  id: 'm',
  namespace: 'default',
  seq: 0,
  createdAt: 1,
  updatedAt: 1,
  active: true,
  activeAt: 1,
  metadata: {
    host: 'h',
    platform: 'linux',
    happyCliVersion: '1',
    homeDir: '/h',
    happyHomeDir: '/h',
    happyLibDir: '/h',
  },
  metadataVersion: 1,
  runnerState: null,
  runnerStateVersion: 1,
}
const METADATA = { path: '/p', host: 'h', claudeSessionId: 'token' }
const UPDATE = event('update-metadata', { sid: 's', expectedVersion: 1, metadata: METADATA }, 1)

function acked(ack: object): string[] {
  return judgeWire([said('client', UPDATE), said('hub', `43/cli,1${JSON.stringify([ack])}`)])
}

describe('the judge of what is said', () => {
  test('[CO3] finds nothing in what fits', () => {
    expect(acked({ result: 'success', version: 2, metadata: { ...METADATA, more: 1 } })).toEqual([])
    expect(acked({ result: 'version-mismatch', version: 2, metadata: METADATA })).toEqual([])
    expect(acked({ result: 'error', reason: 'not-found' })).toEqual([])
    expect(judgeWire([said('client', event('ping', undefined, 2)), said('hub', '43/cli,2[]')])).toEqual([])
    expect(judgeWire([said('client', event('message', { any: 'thing' }))])).toEqual([])
    expect(judgeWire([exchange({})])).toEqual([])
  })

  test.each<[string, object, RegExp]>([
    [
      'an ack with a member too many',
      { result: 'success', version: 2, metadata: METADATA, kind: 'x' },
      /hub: the ack/,
    ],
    ['an ack without a version', { result: 'success', metadata: METADATA }, /at version/],
    [
      'a value that the client can not read',
      { result: 'success', version: 2, metadata: { path: '/p' } },
      /at host/,
    ],
    [
      'a field that was not taken',
      { result: 'success', version: 2, metadata: { path: '/p', host: 'h' } },
      /another claudeSessionId/,
    ],
    [
      'no value',
      { result: 'success', version: 2, metadata: null },
      /another path, host, claudeSessionId|gives back/,
    ],
  ])('[CO10] finds %s', (_name, ack, finding) => {
    expect(acked(ack).join('\n')).toMatch(finding)
  })

  test('[CO9] does not ask for a field that the hub says it has refused', () => {
    const refused = [{ field: 'claudeSessionId', code: 'invalid_field', message: 'blank' }]
    expect(
      acked({ result: 'success', version: 2, metadata: { path: '/p', host: 'h' }, refused }).join('\n'),
    ).not.toMatch(/another/)
  })

  test.each<[string, WireRecord, RegExp]>([
    ['an ack of nothing', said('hub', '43/cli,9[]'), /an ack 9 of nothing/],
    ['an event that is not of the protocol', said('hub', event('hello', {})), /the event hello/],
    ['an event that the client can not read', said('hub', event('update', { id: 1 })), /hub: update/],
    [
      'what a client says and no schema knows',
      said('client', event('session-alive', { sid: 's' })),
      /client: session-alive/,
    ],
    ['a handshake that no schema knows', said('client', '40/cli,{"token":1}'), /client: the handshake/],
    ['a client that is sent away', said('hub', '41/cli,'), /never comes back/],
    ['a client that is not let in', said('hub', '44/cli,{"message":"no"}'), /never comes back/],
    ['another namespace', said('hub', '40/watch,{}'), /namespace \/watch/],
    [
      'what could not be read',
      { kind: 'unreadable', from: 'hub', why: 'a compressed message' },
      /compressed/,
    ],
  ])('[CO11] finds %s', (_name, record, finding) => {
    expect(judgeWire([record]).join('\n')).toMatch(finding)
  })

  test.each<[string, Parameters<typeof exchange>[0], RegExp]>([
    ['an answer without the version', { headers: {} }, /version of the protocol/],
    ['an answer of another shape', { answer: '{"machine":{}}' }, /the answer does not fit/],
    [
      'an answer that a client can not read',
      { answer: JSON.stringify({ machine: { ...MACHINE, metadata: { host: 1 } } }) },
      /a released client reads it/,
    ],
    ['an answer that is not JSON', { answer: '<html>' }, /not JSON/],
    ['a fault of the hub', { status: 500, answer: '{"error":"x","code":"internal"}' }, /a fault of the hub/],
    ['an error of another shape', { status: 404, answer: '{}' }, /the error does not fit/],
    ['an answer where there is no route', { path: '/cli/other' }, /no route/],
    [
      'a body that no schema knows',
      { method: 'POST', path: '/cli/machines', body: '{}' },
      /the body does not fit/,
    ],
  ])('[CO1] finds %s', (_name, parts, finding) => {
    expect(judgeWire([exchange(parts)]).join('\n')).toMatch(finding)
  })

  test('[CO1] looks at nothing that is not under /cli', () => {
    expect(
      judgeWire([exchange({ path: '/api/auth', method: 'POST', status: 404, answer: 'no', headers: {} })]),
    ).toEqual([])
  })
})
