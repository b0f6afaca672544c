import { EVENTS } from '@holdfast/shared/protocol/events'
import { CLI_ROUTES, type RouteShape } from '@holdfast/shared/protocol/routes'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { seeded } from '../../random.ts'
import { fuzzPacket } from './fuzz-packets.ts'
import { fuzzRequest } from './fuzz-requests.ts'
import { FuzzWorld, upEventsOf, type FuzzNamespace, type FuzzTarget } from './fuzz-world.ts'
import { schemaSample, WEIRD } from './schema-sample.ts'
import { spoiltBytes } from './spoilt-bytes.ts'

const TARGET: FuzzTarget = {
  sessions: ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'],
  machine: 'machine',
  token: 'token-of-the-test-0123456789',
}

const NAMESPACES = Object.keys(EVENTS) as FuzzNamespace[]

const shapes: [string, z.ZodType][] = [
  ...NAMESPACES.flatMap(upEventsOf).map(([name, { payload }]): [string, z.ZodType] => [name, payload]),
  ...Object.entries<RouteShape>(CLI_ROUTES).flatMap(([name, { body }]): [string, z.ZodType][] =>
    body === undefined ? [] : [[name, body]],
  ),
]

describe('what is sent at random', () => {
  test.each(shapes)('is a right %s where no mistake is asked for', (_, schema) => {
    for (let seed = 0; seed < 100; seed += 1) {
      const value = schemaSample(schema, {
        random: seeded(seed),
        wrong: 0,
        named: { id: anId, tag: anId, sid: anId },
      })
      // A rule between members is not in the printed schema.
      const issues = schema.safeParse(value).error?.issues ?? []
      expect(issues.filter(({ code }) => code !== 'custom')).toEqual([])
    }
  })

  test('is the same for the same seed', () => {
    expect(inputsOf(5)).toEqual(inputsOf(5))
    expect(inputsOf(5)).not.toEqual(inputsOf(6))
  })

  test('has every event in it, and something weird in the place of every mark', () => {
    const world = new FuzzWorld(TARGET, seeded(6))
    for (const namespace of NAMESPACES) {
      const events = upEventsOf(namespace)
      for (const event of events)
        for (let count = 0; count < 50; count += 1) expect(world.payloadOf(event)).not.toContain(WEIRD)
      const sent = Array.from({ length: 2000 }, () => unmasked(fuzzPacket(world, namespace).bytes)).join('\n')
      for (const [event] of events) expect(sent).toContain(`["${event}",`)
    }
  })

  test('has a spoilt message that is another one', () => {
    const random = seeded(7)
    const whole = Buffer.from('42/cli,1["patch-metadata",{"sid":"s","patch":{}}]')
    let same = 0
    for (let count = 0; count < 500; count += 1) if (spoiltBytes(random, whole).equals(whole)) same += 1
    expect(same).toBeLessThan(20)
    expect(spoiltBytes(random, Buffer.alloc(0))).toHaveLength(1)
  })
})

const anId = (): string => '11111111-1111-4111-8111-111111111111'

function inputsOf(seed: number): string[] {
  const world = new FuzzWorld(TARGET, seeded(seed))
  return Array.from({ length: 300 }, () =>
    Buffer.concat([fuzzPacket(world, '/cli').bytes, fuzzRequest(world)]).toString('base64'),
  )
}

/** The text of a frame that came whole. */
function unmasked(frame: Buffer): string {
  const short = frame.length > 1 ? frame.readUInt8(1) & 0x7f : 0
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  const mask = frame.subarray(start, start + 4)
  return frame
    .subarray(start + 4)
    .map((byte, at) => byte ^ (mask[at % 4] ?? 0))
    .toString()
}
