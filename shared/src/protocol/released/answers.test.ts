import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../metadata/json.ts'
import type { MachineRecord, SessionRecord } from '../../records/session.ts'
import { machine } from '../http/machine.ts'
import { session } from '../http/session.ts'
import type { SessionSettings } from '../session-settings.ts'
import { machineForReleasedClient } from './machine-for-released-client.ts'
import { releasedMachine } from './machine.ts'
import { collaborationMode, copilotAgentMode, permissionMode } from './modes.ts'
import { sessionForReleasedClient, type LiveSession } from './session-for-released-client.ts'
import { releasedSession } from './session.ts'

const RECORD: SessionRecord = {
  id: 's-1',
  namespace: 'default',
  tag: 'my tag',
  createdAt: 1,
  updatedAt: 2,
  metadata: { path: '/p', host: 'h', ofSomebodyElse: [1] },
  metadataVersion: 3,
  damaged: ['tools'],
  verdict: { class: 'none', reason: 'unknown_flavor' },
  agentState: null,
  agentStateDamaged: false,
  agentStateVersion: 1,
  settings: {},
}
const MACHINE: MachineRecord = {
  id: 'm-1',
  namespace: 'default',
  createdAt: 1,
  updatedAt: 2,
  metadata: { host: 'h', platform: 'linux', happyCliVersion: '1', displayName: 7 },
  metadataVersion: 3,
  runnerState: { status: 'running', pid: 'x' },
  runnerStateVersion: 4,
}
const IDLE: LiveSession = { active: false, activeAt: null, thinking: false, thinkingAt: null }

const text = fc.option(fc.string())
const settings: fc.Arbitrary<SessionSettings> = fc.record(
  {
    model: text,
    modelReasoningEffort: text,
    effort: text,
    serviceTier: text,
    permissionMode: fc.constantFrom(...permissionMode.options, undefined),
    collaborationMode: fc.constantFrom(...collaborationMode.options, undefined),
    copilotAgentMode: fc.constantFrom(...copilotAgentMode.options, undefined),
  },
  { requiredKeys: [] },
)
const time = fc.option(fc.nat())
const object = fc.dictionary(
  fc.oneof(
    fc.constantFrom('path', 'host', 'summary', 'hostPid', 'status', 'requests', 'platform'),
    fc.string(),
  ),
  fc.jsonValue({ maxDepth: 3 }),
) as fc.Arbitrary<JsonObject>
const json = fc.oneof(object, fc.jsonValue()) as fc.Arbitrary<Json>

describe('a session as an answer shows it', () => {
  test('[CO1] one of which nothing is known: nullable members are null, optional ones absent', () => {
    expect(sessionForReleasedClient(RECORD, IDLE)).toStrictEqual({
      id: 's-1',
      namespace: 'default',
      seq: 0,
      createdAt: 1,
      updatedAt: 2,
      active: false,
      activeAt: 2,
      metadata: RECORD.metadata,
      metadataVersion: 3,
      agentState: null,
      agentStateVersion: 1,
      thinking: false,
      thinkingAt: 2,
      model: null,
      modelReasoningEffort: null,
      effort: null,
    })
  })

  test('[CO1] one of which everything is known', () => {
    const said = {
      model: 'opus',
      modelReasoningEffort: 'high',
      effort: 'low',
      serviceTier: null,
      permissionMode: 'plan',
      collaborationMode: 'default',
      copilotAgentMode: 'autopilot',
    } as const
    const live = { active: true, activeAt: 7, thinking: true, thinkingAt: 8 }
    const shown = sessionForReleasedClient(
      { ...RECORD, metadata: { host: 'h' }, agentState: { requests: {} }, settings: said },
      live,
    )
    expect(shown).toStrictEqual({
      ...sessionForReleasedClient(RECORD, IDLE),
      active: true,
      activeAt: 7,
      thinking: true,
      thinkingAt: 8,
      metadata: null,
      agentState: { requests: {} },
      ...said,
    })
  })

  test('[CO10] whatever is stored and said, released clients accept it, and it has the shape', () => {
    const live = fc.record({
      active: fc.boolean(),
      activeAt: time,
      thinking: fc.boolean(),
      thinkingAt: time,
    })
    const stored = fc.record({ metadata: object, agentState: json, settings })
    fc.assert(
      fc.property(stored, live, (said, seen) => {
        const shown = sessionForReleasedClient({ ...RECORD, ...said }, seen)
        expect(session.safeParse(shown).success).toBe(true)
        expect(releasedSession.safeParse(JSON.parse(JSON.stringify(shown))).success).toBe(true)
        expect(Object.values(shown)).not.toContain(undefined)
        expect(typeof shown.activeAt).toBe('number')
      }),
      { numRuns: 500 },
    )
  })
})

describe('a machine as an answer shows it', () => {
  test('[CO1] it has every member; what offends is left out', () => {
    expect(machineForReleasedClient(MACHINE, { active: true, activeAt: 9 })).toStrictEqual({
      id: 'm-1',
      namespace: 'default',
      seq: 0,
      createdAt: 1,
      updatedAt: 2,
      active: true,
      activeAt: 9,
      metadata: { host: 'h', platform: 'linux', happyCliVersion: '1' },
      metadataVersion: 3,
      runnerState: { status: 'running' },
      runnerStateVersion: 4,
    })
    expect(machineForReleasedClient(MACHINE, { active: false, activeAt: null }).activeAt).toBe(2)
  })

  test('[CO10] whatever is stored, released clients accept it, and it has the shape', () => {
    const live = fc.record({ active: fc.boolean(), activeAt: time })
    fc.assert(
      fc.property(json, json, live, (metadata, runnerState, seen) => {
        const shown = machineForReleasedClient({ ...MACHINE, metadata, runnerState }, seen)
        expect(machine.safeParse(shown).success).toBe(true)
        expect(releasedMachine.safeParse(JSON.parse(JSON.stringify(shown))).success).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the schema of the reader', () => {
  const shown = sessionForReleasedClient(RECORD, IDLE)

  test.each(['permissionMode', 'todos', 'pinned', 'collaborationMode', 'backgroundTaskCount'])(
    '[CO10] a session with %s null is not accepted',
    (name) => {
      expect(releasedSession.safeParse({ ...shown, [name]: null }).success).toBe(false)
    },
  )

  test.each(['id', 'seq', 'metadata', 'agentState', 'thinkingAt', 'active', 'metadataVersion'])(
    '[CO10] nor is one without %s',
    (name) => {
      const { [name]: _gone, ...rest }: { [name: string]: unknown } = { ...shown }
      expect(releasedSession.safeParse(rest).success).toBe(false)
    },
  )

  test('[CO10] one field that breaks its type fails the whole answer', () => {
    const metadata = { path: '/p', host: 'h', hostPid: 'x' }
    expect(releasedSession.safeParse({ ...shown, metadata }).success).toBe(false)
  })

  test('[CO10] a machine whose activeAt is null is not accepted', () => {
    const seen = machineForReleasedClient(MACHINE, { active: true, activeAt: 9 })
    expect(releasedMachine.safeParse({ ...seen, activeAt: null }).success).toBe(false)
    expect(releasedMachine.safeParse({ ...seen, metadata: null, runnerState: null }).success).toBe(true)
  })
})
