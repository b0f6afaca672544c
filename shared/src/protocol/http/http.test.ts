import { describe, expect, test } from 'vitest'
import { AGENTS } from '../../agents/registry.ts'
import { shapeProblems, type MessageCase } from '../contract/shape-problems.ts'
import { releasedFlavor } from '../released/modes.ts'
import { createMachineBody } from './create-machine.ts'
import { createSessionBody } from './create-session.ts'
import { errorBody } from './error-body.ts'
import { handoffLocalAnswer } from './handoff-local.ts'
import { machine, machineAnswer } from './machine.ts'
import { messagesAnswer } from './messages.ts'
import { resumableAnswer, resumableQuery, resumableSession } from './resumable.ts'
import { resumeTarget, resumeTargetAnswer } from './resume-target.ts'
import { session, sessionAnswer } from './session.ts'

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e'
const CREATE = {
  tag: 'my tag',
  metadata: { path: '/p', host: 'h' },
  agentState: {},
  model: 'opus',
  effort: 'high',
  modelReasoningEffort: 'low',
  id: UUID,
  machine: { id: 'm' },
}
const SETTINGS = ['model', 'effort', 'modelReasoningEffort']
const MODES = ['serviceTier', 'permissionMode', 'collaborationMode', 'copilotAgentMode']
const SESSION = {
  id: UUID,
  namespace: 'default',
  seq: 0,
  createdAt: 1,
  updatedAt: 2,
  active: false,
  activeAt: 2,
  metadata: { path: '/p' },
  metadataVersion: 1,
  agentState: {},
  agentStateVersion: 1,
  thinking: false,
  thinkingAt: 2,
  model: 'opus',
  modelReasoningEffort: 'low',
  effort: 'high',
  serviceTier: 'fast',
  permissionMode: 'plan',
  collaborationMode: 'plan',
  copilotAgentMode: 'interactive',
}
const MACHINE = {
  id: 'm',
  namespace: 'default',
  seq: 0,
  createdAt: 1,
  updatedAt: 2,
  active: true,
  activeAt: 2,
  metadata: {},
  metadataVersion: 1,
  runnerState: {},
  runnerStateVersion: 1,
}
const TARGET = {
  sessionId: UUID,
  flavor: 'claude',
  directory: '/p',
  machineId: 'm',
  host: 'h',
  active: false,
  thinking: false,
  controlledByUser: true,
  agentSessionId: 'token',
  model: 'opus',
  effort: 'high',
  modelReasoningEffort: 'low',
  serviceTier: 'priority',
  permissionMode: 'plan',
  collaborationMode: 'plan',
  copilotAgentMode: 'autopilot',
}
const RESUMABLE = { ...TARGET, updatedAt: 2, name: 'n', summary: 's' }

const SHAPES: readonly MessageCase[] = [
  {
    name: 'the body that creates a session',
    schema: createSessionBody,
    full: CREATE,
    optional: ['agentState', ...SETTINGS, 'id', 'machine'],
    nullable: SETTINGS,
    lenient: SETTINGS,
    any: ['metadata', 'agentState', 'machine'],
    unknown: 'pass',
  },
  {
    name: 'a session',
    schema: session,
    full: SESSION,
    optional: MODES,
    nullable: [...SETTINGS, 'serviceTier'],
    any: ['metadata', 'agentState'],
    unknown: 'are refused',
  },
  {
    name: 'the answer with a session',
    schema: sessionAnswer,
    full: { session: SESSION },
    unknown: 'are refused',
  },
  {
    name: 'the body that registers a machine',
    schema: createMachineBody,
    full: { id: 'm', metadata: {}, runnerState: {} },
    optional: ['runnerState'],
    any: ['metadata', 'runnerState'],
    unknown: 'pass',
  },
  {
    name: 'a machine',
    schema: machine,
    full: MACHINE,
    any: ['metadata', 'runnerState'],
    unknown: 'are refused',
  },
  {
    name: 'the answer with a machine',
    schema: machineAnswer,
    full: { machine: MACHINE },
    unknown: 'are refused',
  },
  {
    name: 'a resume target',
    schema: resumeTarget,
    full: TARGET,
    optional: ['machineId', 'host', ...MODES],
    nullable: [...SETTINGS, 'serviceTier'],
    unknown: 'are refused',
  },
  {
    name: 'the answer with a target',
    schema: resumeTargetAnswer,
    full: { target: TARGET },
    unknown: 'are refused',
  },
  {
    name: 'a resumable session',
    schema: resumableSession,
    full: RESUMABLE,
    optional: ['machineId', 'host', 'name', 'summary', ...MODES],
    nullable: [...SETTINGS, 'serviceTier'],
    unknown: 'are refused',
  },
  {
    name: 'the list of resumable sessions',
    schema: resumableAnswer,
    full: { sessions: [RESUMABLE, { ...TARGET, updatedAt: 2 }] },
    unknown: 'are refused',
  },
  { name: 'its query', schema: resumableQuery, full: { machineId: 'm' }, unknown: 'pass' },
  { name: 'the messages', schema: messagesAnswer, full: { messages: [] }, unknown: 'are refused' },
]

function creates(part: { id?: string; tag?: string }): boolean {
  return createSessionBody.safeParse({ ...CREATE, ...part }).success
}

function isOffered(flavor: string): boolean {
  return resumableSession.safeParse({ ...RESUMABLE, flavor }).success
}

describe('bodies and answers of the released protocol', () => {
  test.each(SHAPES.map((message): [string, MessageCase] => [message.name, message]))(
    '[CO1] %s has exactly its shape',
    (_, message) => {
      expect(shapeProblems(message)).toEqual([])
    },
  )

  test('[CO1] there are no messages, ever', () => {
    expect(messagesAnswer.safeParse({ messages: [{ id: 1 }] }).success).toBe(false)
  })

  test('[CO13] an id that is no UUID is refused', () => {
    expect(creates({ id: UUID })).toBe(true)
    expect(creates({ id: UUID.toUpperCase() })).toBe(true)
    for (const id of ['', 'x', '../etc', `${UUID}0`, UUID.slice(1), UUID.replace('-', ':')])
      expect(creates({ id })).toBe(false)
  })

  test('[CO1] a tag is text that can be stored, and not empty', () => {
    expect(creates({ tag: '\u{1F600} any text' })).toBe(true)
    for (const tag of ['', 'x'.repeat(513), 'half \ud83d', 'nul \u0000']) expect(creates({ tag })).toBe(false)
  })

  test.each(['directory', 'agentSessionId'])('[CO13] an empty %s does not get into the list', (name) => {
    const sessions = [RESUMABLE, { ...RESUMABLE, [name]: '' }]
    expect(resumableAnswer.safeParse({ sessions }).success).toBe(false)
  })

  test('[CO13] nor does a flavor that released clients do not accept', () => {
    const known = AGENTS.map((agent) => agent.flavor)
    expect(known.filter((flavor) => !isOffered(flavor))).toEqual(['qwen'])
    expect(releasedFlavor.options.filter((flavor) => !known.includes(flavor))).toEqual([])
    expect(isOffered('of-tomorrow')).toBe(false)
  })

  test('[CO13] a hand-off answers ok, and only that', () => {
    expect(handoffLocalAnswer.safeParse({ ok: true }).success).toBe(true)
    for (const answer of [{ ok: false }, {}, { ok: true, more: 1 }])
      expect(handoffLocalAnswer.safeParse(answer).success).toBe(false)
  })

  test.each(['permissionMode', 'collaborationMode', 'copilotAgentMode', 'todos'])(
    '[CO10] a session is never sent with %s null',
    (name) => {
      expect(session.safeParse({ ...SESSION, [name]: null }).success).toBe(false)
    },
  )

  test('[WI7] an error has a sentence and a code, and may have more', () => {
    const full = { error: 'There is no such session.', code: 'session_not_found' }
    expect(shapeProblems({ name: 'error', schema: errorBody, full, unknown: 'pass' })).toEqual([])
  })
})
