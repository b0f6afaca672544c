import { TOKEN_FIELDS } from '@holdfast/shared/agents/registry'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import {
  AGENT_STATE,
  MACHINE_METADATA,
  RUNNER_STATE,
  SESSION_METADATA,
  type Samples,
} from '@holdfast/shared/protocol/contract/released-samples'
import { EVENTS } from '@holdfast/shared/protocol/events'
import { releasedAgentState } from '@holdfast/shared/protocol/released/agent-state'
import { releasedMachineMetadata } from '@holdfast/shared/protocol/released/machine-metadata'
import { releasedRunnerState } from '@holdfast/shared/protocol/released/runner-state'
import { releasedSessionMetadata } from '@holdfast/shared/protocol/released/session-metadata'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { read } from '../store/contract/test-store.ts'
import { openSocketWorld, PLACE, type SocketWorld } from './contract/socket-world.ts'
import type { TestClient } from './contract/test-client.ts'

const RUNS = 150

/** What makes trouble wherever it stands. */
const TROUBLE: readonly unknown[] = [
  JSON.parse('{"__proto__":{"a":1}}'),
  { constructor: 1 },
  { ['k'.repeat(257)]: 1 },
  2 ** 60,
  'cut \uD83D',
  'a\u0000b',
  'x'.repeat(600_000),
  Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`k${at}`, at])),
  nested(40),
  nested(300),
  null,
  '',
  [],
  {},
]

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let at = 0; at < depth; at += 1) value = [value]
  return value
}

const ANYTHING = {
  right: [null, { r: { tool: 'a', arguments: 1 } }],
  wrong: [7, { r: { arguments: 2 ** 60 } }],
}

/** A value of the released protocol, with some members right, some wrong, some unheard of, and some that make trouble. */
function valueOf(samples: Samples, always: JsonObject): fc.Arbitrary<Record<string, unknown>> {
  const trouble = fc.constantFrom(...TROUBLE)
  const members = Object.entries(samples).map(([name, { right, wrong }]): [string, fc.Arbitrary<unknown>] => [
    name,
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...right) },
      { weight: 2, arbitrary: fc.constantFrom(...wrong) },
      { weight: 1, arbitrary: trouble },
    ),
  ])
  const known = fc.record(Object.fromEntries(members), { requiredKeys: [] })
  const others = fc.dictionary(
    fc.constantFrom('x-a', 'x-b', 'k'.repeat(300), '__proto__', 'a\u0000', ''),
    trouble,
    { maxKeys: 2 },
  )
  const some = fc.subarray(Object.keys(samples), { maxLength: 6 })
  return fc.tuple(known, others, some, fc.boolean()).map(([value, more, names, isWhole]) => ({
    ...(isWhole ? always : {}),
    ...Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name))),
    ...more,
  }))
}

interface Kind {
  readonly event: 'update-metadata' | 'update-state' | 'machine-update-metadata' | 'machine-update-state'
  readonly member: 'metadata' | 'agentState' | 'runnerState'
  readonly samples: Samples
  /** What a value must have to be shown at all. */
  readonly always: JsonObject
  /** What a released client takes the value for. */
  readonly reader: z.ZodType
}

const RUNNER = { host: 'h', platform: 'linux', happyCliVersion: '1' }
const KINDS: readonly Kind[] = [
  {
    event: 'update-metadata',
    member: 'metadata',
    samples: SESSION_METADATA,
    always: PLACE,
    reader: releasedSessionMetadata,
  },
  {
    event: 'update-state',
    member: 'agentState',
    samples: { ...AGENT_STATE, requests: ANYTHING, completedRequests: ANYTHING },
    always: {},
    reader: releasedAgentState,
  },
  {
    event: 'machine-update-metadata',
    member: 'metadata',
    samples: MACHINE_METADATA,
    always: RUNNER,
    reader: releasedMachineMetadata,
  },
  {
    event: 'machine-update-state',
    member: 'runnerState',
    samples: RUNNER_STATE,
    always: { status: 'up' },
    reader: releasedRunnerState,
  },
]

/** What the write is about, made anew. */
async function subjectOf({ event }: Kind, world: SocketWorld, name: string): Promise<object> {
  if (event.startsWith('machine')) {
    await world.machine(name, RUNNER)
    return { machineId: name }
  }
  const tokens = Object.fromEntries(TOKEN_FIELDS.map((field) => [field, `token of ${field}`]))
  return { sid: (await world.born({ ...PLACE, ...tokens }, { id: name })).session }
}

interface Ack {
  readonly result: string
  readonly version: number
}

/** Sends a value, and checks that the ack is one that lets the client go on. */
async function sendAndCheck(
  client: TestClient,
  { event, member, reader }: Kind,
  request: object,
): Promise<Ack> {
  const ack = (await client.ask(event, request)) as Ack
  expect(ack.result).not.toBe('error')
  expect(EVENTS['/cli'].up[event].ack.safeParse(ack).error).toBeUndefined()
  const taken = z.object({ version: z.number(), [member]: reader.nullable() }).safeParse(ack)
  expect(taken.error).toBeUndefined()
  return ack
}

/** No blob costs a token that it does not name with a value, or with the null that clears it. */
async function expectTokens(
  world: SocketWorld,
  sid: string,
  blobs: readonly Record<string, unknown>[],
): Promise<void> {
  const { metadata } = await read(world.store, { namespace: 'default', session: sid })
  for (const field of TOKEN_FIELDS) {
    const isNamed = blobs.some((blob) => blob[field] === null || typeof blob[field] === 'string')
    expect([isNamed, metadata[field]]).toEqual([isNamed, isNamed ? metadata[field] : `token of ${field}`])
  }
}

describe('what a released client is answered', () => {
  test.each(KINDS.map((kind) => [kind.event, kind] as const))(
    '[CO3] [CO9] [CO10] whatever it sends with %s, the ack is one that it accepts, and it can go on',
    async (_, kind) => {
      await using world = await openSocketWorld()
      const client = await world.connect()
      let runs = 0
      const values = fc.array(valueOf(kind.samples, kind.always), { minLength: 1, maxLength: 3 })
      await fc.assert(
        fc.asyncProperty(values, fc.boolean(), async (sent, isStale) => {
          runs += 1
          const subject = await subjectOf(kind, world, `run-${runs}`)
          let version = 1
          for (const value of sent) {
            const expectedVersion = isStale ? version + 7 : version
            const ack = await sendAndCheck(client, kind, {
              ...subject,
              expectedVersion,
              [kind.member]: value,
            })
            expect(ack.result).toBe(isStale ? 'version-mismatch' : 'success')
            version = ack.version
          }
          // What it holds now, and sends again with its next change.
          const own = { ...kind.always, name: 'next' }
          const next = { ...subject, expectedVersion: version, [kind.member]: own }
          expect(await sendAndCheck(client, kind, next)).toMatchObject({ result: 'success' })
          if ('sid' in subject && kind.event === 'update-metadata')
            await expectTokens(world, String(subject.sid), isStale ? [] : sent)
        }),
        { numRuns: RUNS },
      )
    },
  )
})
