import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { PROTECTED_FIELDS } from '../../agents/registry.ts'
import type { Json, JsonObject } from '../../metadata/json.ts'
import { isReleasedVocabulary, keepsNull } from '../../metadata/vocabulary.ts'
import {
  AGENT_STATE,
  COMPLETED_REQUESTS,
  MACHINE_METADATA,
  REQUESTS,
  RUNNER_STATE,
  SESSION_METADATA,
  type MemberSamples,
  type Samples,
} from '../contract/released-samples.ts'
import { agentStateForReleasedClient } from './agent-state-for-released-client.ts'
import { releasedAgentState } from './agent-state.ts'
import { forReleasedClient } from './for-released-client.ts'
import { machineMetadataForReleasedClient } from './machine-metadata-for-released-client.ts'
import { releasedMachineMetadata } from './machine-metadata.ts'
import { runnerStateForReleasedClient } from './runner-state-for-released-client.ts'
import { releasedRunnerState } from './runner-state.ts'
import { releasedSessionMetadata } from './session-metadata.ts'

interface Filtered {
  readonly name: string
  readonly samples: Samples
  readonly schema: z.ZodType
  readonly filter: (value: Json) => JsonObject | null
  readonly required: readonly string[]
}

const FILTERED: readonly Filtered[] = [
  {
    name: 'session metadata',
    samples: SESSION_METADATA,
    schema: releasedSessionMetadata,
    filter: forReleasedClient,
    required: ['path', 'host'],
  },
  {
    name: 'machine metadata',
    samples: MACHINE_METADATA,
    schema: releasedMachineMetadata,
    filter: machineMetadataForReleasedClient,
    required: ['host', 'platform', 'happyCliVersion'],
  },
  {
    name: 'runner state',
    samples: RUNNER_STATE,
    schema: releasedRunnerState,
    filter: runnerStateForReleasedClient,
    required: ['status'],
  },
  {
    name: 'agent state',
    samples: AGENT_STATE,
    schema: releasedAgentState,
    filter: agentStateForReleasedClient,
    required: [],
  },
]
const each = FILTERED.map((filtered): [string, Filtered] => [filtered.name, filtered])

const base = ({ required }: Filtered): JsonObject => Object.fromEntries(required.map((name) => [name, 'x']))

interface Chosen {
  readonly value: Json
  readonly right: boolean
}

function pick(values: readonly Json[], isRight: boolean): fc.Arbitrary<Chosen> {
  return fc.constantFrom(...values).map((value) => ({ value, right: isRight }))
}

function chosen({ right, wrong }: MemberSamples): fc.Arbitrary<Chosen | undefined> {
  return fc.option(
    fc.oneof({ weight: 4, arbitrary: pick(right, true) }, { weight: 1, arbitrary: pick(wrong, false) }),
    {
      nil: undefined,
    },
  )
}

/** An object of samples, and which of its members are right. Members that nobody knows are always right. */
function chosenObject(samples: Samples): fc.Arbitrary<{ whole: JsonObject; right: JsonObject }> {
  const known = fc.record(
    Object.fromEntries(Object.entries(samples).map(([name, one]) => [name, chosen(one)])),
  )
  const unknown = fc.dictionary(
    fc.string().map((name) => `x${name}`),
    fc.jsonValue({ maxDepth: 3 }),
    { maxKeys: 3 },
  )
  return fc.tuple(known, unknown).map(([members, more]) => {
    const given = Object.entries(members).filter((entry): entry is [string, Chosen] => entry[1] !== undefined)
    const whole = Object.fromEntries(given.map(([name, { value }]) => [name, value]))
    const right = given.filter(([, one]) => one.right).map(([name, { value }]) => [name, value] as const)
    return {
      whole: { ...whole, ...(more as JsonObject) },
      right: { ...Object.fromEntries(right), ...(more as JsonObject) },
    }
  })
}

function acceptedCall(name: string, call: Json): boolean {
  return releasedAgentState.safeParse({ [name]: { id: call } }).success
}

const callsOf = (samples: MemberSamples) =>
  fc.dictionary(
    fc.string().map((id) => `c${id}`),
    chosen(samples),
  )

function callsIn(all: { [id: string]: Chosen | undefined }, rightOnly: boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(all).flatMap(([id, one]) =>
      one === undefined || (rightOnly && !one.right) ? [] : [[id, one.value] as const],
    ),
  )
}

describe('what released clients accept', () => {
  test('[CO10] the typed members of session metadata are the released vocabulary, both ways', () => {
    const source = readFileSync(new URL('../../metadata/vocabulary.ts', import.meta.url), 'utf8')
    const list = source.slice(source.indexOf('new Set(['), source.indexOf('])'))
    const names = [...list.matchAll(/^ +'(\w+)',$/gm)].map(([, name]) => name)
    expect(names.length).toBe(54)
    expect(names.every((name) => isReleasedVocabulary(name ?? ''))).toBe(true)
    expect(Object.keys(releasedSessionMetadata.shape).toSorted()).toEqual(names.toSorted())
    expect(Object.keys(SESSION_METADATA).toSorted()).toEqual(names.toSorted())
  })

  test('[CO10] null passes for three members, all of which a replace keeps as null or as blank', () => {
    const nullable = Object.entries(releasedSessionMetadata.shape)
      .filter(([, type]) => type.safeParse(null).success)
      .map(([name]) => name)
    expect(nullable.toSorted()).toEqual(['flavor', 'piSelectedModel', 'startingMode'])
    expect(nullable.every((name) => keepsNull(name) || PROTECTED_FIELDS.includes(name))).toBe(true)
  })

  test.each(each)('[CO10] each sample of %s is right or wrong, as it says', (_, filtered) => {
    const { samples, schema } = filtered
    for (const [name, { right, wrong }] of Object.entries(samples)) {
      for (const value of right)
        expect([name, value, schema.safeParse({ ...base(filtered), [name]: value }).success]).toEqual([
          name,
          value,
          true,
        ])
      for (const value of wrong)
        expect([name, value, schema.safeParse({ ...base(filtered), [name]: value }).success]).toEqual([
          name,
          value,
          false,
        ])
    }
  })

  test('[CO10] so is each call of an agent state', () => {
    for (const [name, samples] of [
      ['requests', REQUESTS],
      ['completedRequests', COMPLETED_REQUESTS],
    ] as const) {
      expect(samples.right.filter((call) => !acceptedCall(name, call))).toEqual([])
      expect(samples.wrong.filter((call) => acceptedCall(name, call))).toEqual([])
    }
  })
})

describe('what they are sent', () => {
  test.each(each)('[CO10] of %s exactly the offending members are left out', (_, filtered) => {
    const { samples, schema, filter, required } = filtered
    fc.assert(
      fc.property(chosenObject(samples), ({ whole, right }) => {
        const sent = filter(whole)
        const isComplete = required.every((name) => Object.hasOwn(right, name))
        expect(sent).toEqual(isComplete ? right : null)
        expect(sent === null || schema.safeParse(sent).success).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test.each(each)('[CO10] %s that is right is handed on as the same object', (_, filtered) => {
    const { samples, filter } = filtered
    fc.assert(
      fc.property(chosenObject(samples), ({ right }) => {
        const whole = { ...base(filtered), ...right }
        expect(filter(whole) === whole).toBe(true)
      }),
    )
  })

  test.each(each)(
    '[CO10] %s out of any JSON is null or satisfies the schema',
    (_, { samples, schema, filter }) => {
      const names = fc.oneof(
        fc.constantFrom(...Object.keys(samples), 'requests', 'completedRequests'),
        fc.string(),
      )
      const any = fc.oneof(
        fc.jsonValue(),
        fc.dictionary(names, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 12 }),
      )
      fc.assert(
        fc.property(any, (value) => {
          const before = JSON.stringify(value)
          const sent = filter(value as Json)
          expect(sent === null || schema.safeParse(sent).success).toBe(true)
          expect(JSON.stringify(value)).toBe(before)
        }),
        { numRuns: 500 },
      )
    },
  )

  test.each(each)('[CO10] %s without a required member, or that is no object, is null', (_, filtered) => {
    const { filter, required, samples } = filtered
    const whole = base(filtered)
    expect(filter(whole)).toEqual(whole)
    for (const name of required) {
      const { [name]: _gone, ...rest } = whole
      expect(filter(rest)).toBe(null)
      for (const value of samples[name]?.wrong ?? []) expect(filter({ ...whole, [name]: value })).toBe(null)
    }
    for (const value of [null, [], 'text', 7, true, [whole]]) expect(filter(value)).toBe(null)
  })

  test('[CO10] of the maps of calls only the wrong calls are left out', () => {
    fc.assert(
      fc.property(callsOf(REQUESTS), callsOf(COMPLETED_REQUESTS), (requests, completed) => {
        const state = (rightOnly: boolean) => ({
          controlledByUser: true,
          requests: callsIn(requests, rightOnly),
          completedRequests: callsIn(completed, rightOnly),
        })
        const whole = state(false)
        const sent = agentStateForReleasedClient(whole)
        expect(sent).toEqual(state(true))
        expect(releasedAgentState.safeParse(sent).success).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('[CO10] maps of calls that are no maps go, those that are null stay', () => {
    expect(agentStateForReleasedClient({ requests: null, completedRequests: null })).toEqual({
      requests: null,
      completedRequests: null,
    })
    for (const wrong of [[], 'x', 7, true])
      expect(agentStateForReleasedClient({ requests: wrong, steeringActive: null })).toEqual({
        steeringActive: null,
      })
  })
})
