import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { shapeProblems, type MessageCase } from '../contract/shape-problems.ts'
import { cursorChatStoreStatusAnswer, cursorChatStoreStatusParams } from './cursor-chat-store-status.ts'
import { handoffLocalCallAnswer, handoffLocalParams } from './handoff-local.ts'
import { killSessionAnswer, killSessionParams } from './kill-session.ts'
import { lookForConversationAnswer, lookForConversationParams } from './look-for-conversation.ts'
import { readRpcMethod, rpcMethod } from './method.ts'
import { pathExistsAnswer, pathExistsParams } from './path-exists.ts'
import { readRpcAnswer } from './read-rpc-answer.ts'
import { spawnHappySessionAnswer, spawnHappySessionParams } from './spawn-happy-session.ts'
import { startRunAnswer, startRunParams } from './start-run.ts'
import { stopRunAnswer, stopRunParams } from './stop-run.ts'
import { stopSessionAnswer, stopSessionParams } from './stop-session.ts'

const SPAWN = {
  type: 'spawn-in-directory',
  directory: '/p',
  agent: 'claude',
  resumeSessionId: 'token',
  existingSessionId: 's',
  sessionId: 's',
  model: 'opus',
  effort: 'high',
  permissionMode: 'plan',
  approvedNewDirectoryCreation: false,
}

const RESUMED = { sessionId: 's', flavor: 'claude', token: 'token', directory: '/p', runtimeId: 'r' }

const SHAPES: readonly MessageCase[] = [
  {
    name: 'spawn-happy-session',
    schema: spawnHappySessionParams,
    full: SPAWN,
    optional: ['resumeSessionId', 'existingSessionId', 'sessionId', 'model', 'effort', 'permissionMode'],
    unknown: 'are refused',
  },
  {
    name: 'its success',
    schema: spawnHappySessionAnswer,
    full: { type: 'success', sessionId: 's' },
    unknown: 'pass',
  },
  {
    name: 'its error',
    schema: spawnHappySessionAnswer,
    full: { type: 'error', errorMessage: 'no' },
    unknown: 'pass',
  },
  {
    name: 'its question',
    schema: spawnHappySessionAnswer,
    full: { type: 'requestToApproveDirectoryCreation', directory: '/p' },
    unknown: 'pass',
  },
  { name: 'stop-session', schema: stopSessionParams, full: { sessionId: 's' }, unknown: 'are refused' },
  { name: 'its answer', schema: stopSessionAnswer, full: { status: 'stopped' }, unknown: 'pass' },
  { name: 'path-exists', schema: pathExistsParams, full: { paths: ['/p'] }, unknown: 'are refused' },
  { name: 'its answer', schema: pathExistsAnswer, full: { exists: { '/p': true } }, unknown: 'pass' },
  {
    name: 'cursor-chat-store-status',
    schema: cursorChatStoreStatusParams,
    full: { workspacePath: '/p', cursorSessionId: 'c', homeDir: '/h' },
    optional: ['homeDir'],
    unknown: 'are refused',
  },
  {
    name: 'its answer',
    schema: cursorChatStoreStatusAnswer,
    full: { onDisk: true, store: 'acp' },
    optional: ['store'],
    any: ['store'],
    unknown: 'pass',
  },
  { name: 'killSession', schema: killSessionParams, full: {}, unknown: 'are refused' },
  { name: 'its answer', schema: killSessionAnswer, full: { success: true, message: '' }, unknown: 'pass' },
  {
    name: 'look-for-conversation',
    schema: lookForConversationParams,
    full: RESUMED,
    optional: ['runtimeId'],
    unknown: 'are refused',
  },
  {
    name: 'its answer',
    schema: lookForConversationAnswer,
    full: {
      transcript: { state: 'present', because: null, turns: 1, candidates: 1 },
      directory: { state: 'present' },
      runtimeId: 'r',
    },
    optional: ['runtimeId'],
    unknown: 'pass',
  },
  {
    name: 'start-run',
    schema: startRunParams,
    full: { ...RESUMED, runId: 'r', settings: { model: 'opus' }, prompt: 'go on' },
    optional: ['runtimeId', 'prompt'],
    unknown: 'are refused',
  },
  { name: 'its yes', schema: startRunAnswer, full: { type: 'accepted' }, unknown: 'pass' },
  {
    name: 'its no',
    schema: startRunAnswer,
    full: { type: 'refused', code: 'no_directory', message: 'no' },
    optional: ['code'],
    unknown: 'pass',
  },
  {
    name: 'stop-run',
    schema: stopRunParams,
    full: { runId: 'r', sessionId: 's' },
    unknown: 'are refused',
  },
  { name: 'its answer', schema: stopRunAnswer, full: { status: 'stopped' }, unknown: 'pass' },
  { name: 'handoff-local', schema: handoffLocalParams, full: {}, unknown: 'are refused' },
]

function isLook(transcript: object): boolean {
  return lookForConversationAnswer.safeParse({ transcript, directory: { state: 'unknown' } }).success
}

describe('calls', () => {
  test.each(SHAPES.map((message): [string, MessageCase] => [message.name, message]))(
    '[CO6] %s has exactly its shape',
    (_, message) => {
      expect(shapeProblems(message)).toEqual([])
    },
  )

  test('[CO6] a runner is always told to create no directory', () => {
    for (const approvedNewDirectoryCreation of [true, undefined])
      expect(spawnHappySessionParams.safeParse({ ...SPAWN, approvedNewDirectoryCreation }).success).toBe(
        false,
      )
  })

  test('[RI7] a start can not be told to make a directory', () => {
    const start = { ...RESUMED, runId: 'r', settings: {} }
    expect(startRunParams.safeParse(start).success).toBe(true)
    for (const approvedNewDirectoryCreation of [true, false])
      expect(startRunParams.safeParse({ ...start, approvedNewDirectoryCreation }).success).toBe(false)
  })

  test('[RV6] a look has one of the states, and says why it could not see', () => {
    for (const state of ['present', 'absent', 'ambiguous', 'unknown']) expect(isLook({ state })).toBe(true)
    expect(isLook({ state: 'unknown', because: 'config_dir_unusable' })).toBe(true)
    expect(isLook({ state: 'gone' }) || isLook({ state: 'unknown', because: 'asleep' })).toBe(false)
  })

  test('[CO6] a stop answers one of three', () => {
    const statuses = ['stopped', 'already_gone', 'still_alive']
    expect(statuses.every((status) => stopSessionAnswer.safeParse({ status }).success)).toBe(true)
    expect(stopSessionAnswer.safeParse({ status: 'unknown' }).success).toBe(false)
  })

  test('[CO6] whatever a hand-off answers is passed over', () => {
    for (const answer of [undefined, null, {}, 'ok'])
      expect(handoffLocalCallAnswer.safeParse(answer).success).toBe(true)
  })
})

describe('the names of methods', () => {
  test('[CO6] a name is its scope, a colon, and the rest', () => {
    expect(readRpcMethod('m-1:stop-session')).toEqual({ scope: 'm-1', name: 'stop-session' })
    expect(readRpcMethod('m-1:with:colons')).toEqual({ scope: 'm-1', name: 'with:colons' })
    for (const text of ['', ':', 'm-1', 'm-1:', ':stop']) expect(readRpcMethod(text)).toBe(null)
  })

  test('[CO6] what was put together is read back', () => {
    const scope = fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/)
    fc.assert(
      fc.property(scope, fc.string({ minLength: 1 }), (id, name) => {
        expect(readRpcMethod(rpcMethod(id, name))).toEqual({ scope: id, name })
      }),
    )
  })
})

describe('reading the ack of a call', () => {
  test('[CO6] an answer of the right shape', () => {
    const read = readRpcAnswer(stopSessionAnswer, '{"status":"stopped","more":1}')
    expect(read).toEqual({ kind: 'answer', answer: { status: 'stopped', more: 1 } })
  })

  test('[CO6] an error, with or without a code', () => {
    expect(readRpcAnswer(stopSessionAnswer, '{"error":"no","code":"E"}')).toEqual({
      kind: 'error',
      error: { error: 'no', code: 'E' },
    })
    const read = readRpcAnswer(stopSessionAnswer, '{"error":"no","code":7}')
    expect(read.kind === 'error' && read.error.code === undefined).toBe(true)
  })

  test('[CO6] an ack of another shape is neither a yes nor a no', () => {
    const acks = [
      undefined,
      null,
      '',
      '{',
      'stopped',
      '{}',
      '[]',
      'null',
      '{"status":"asleep"}',
      7,
      { status: 'stopped' },
    ]
    expect(acks.map((ack) => readRpcAnswer(stopSessionAnswer, ack).kind)).toEqual(
      acks.map(() => 'unreadable'),
    )
  })

  test('[CO6] no answer is one where the call has none', () => {
    expect(readRpcAnswer(handoffLocalCallAnswer, undefined).kind).toBe('answer')
    expect(readRpcAnswer(handoffLocalCallAnswer, '{').kind).toBe('unreadable')
  })
})
