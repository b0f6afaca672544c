import { describe, expect, test } from 'vitest'
import { shapeProblems, type MessageCase } from '../contract/shape-problems.ts'
import { sessionPatched } from '../down/session-patched.ts'
import { shapeRefusal } from '../shape-refusal.ts'
import { clearResumeTokenAck, clearResumeTokenRequest } from './clear-resume-token.ts'
import { patchMetadataAck, patchMetadataRequest } from './patch-metadata.ts'

const MUTATION = 'm'.repeat(16)
const PATCH = { sid: 's-1', patch: { name: 'n' }, expectedVersion: 3, mutationId: MUTATION, reason: 'why' }
const CLEAR = { sid: 's-1', flavor: 'claude', expectedToken: 't', reason: 'gone', mutationId: MUTATION }
const ARCHIVE = {
  lifecycleState: 'archived',
  lifecycleStateSince: 1,
  archivedBy: 'user',
  archiveReason: 'done',
}

const ACKS = (
  [
    ['patch-metadata', patchMetadataAck],
    ['clear-resume-token', clearResumeTokenAck],
  ] as const
).flatMap(([name, schema]): [string, MessageCase][] =>
  (
    [
      [{ result: 'success', version: 4, changed: ['name'], kept: ['path'], rebasedFrom: 3 }, ['rebasedFrom']],
      [{ result: 'version-mismatch', version: 4, conflicts: { name: 'x', gone: null } }, []],
      [
        { result: 'error', code: 'too_deep', message: 'Too deep.', field: '/a', limit: 32, actual: 33 },
        ['field', 'limit', 'actual'],
      ],
    ] as const
  ).map(([full, optional]) => {
    const title = `the ${full.result} of ${name}`
    return [title, { name: title, schema, full, optional, unknown: 'are refused' }]
  }),
)

function refusalOf(schema: MessageCase['schema'], request: unknown) {
  const parsed = schema.safeParse(request)
  return parsed.success ? null : shapeRefusal('The request', parsed.error)
}

describe('patch-metadata', () => {
  test('[WI2] the request has exactly its shape', () => {
    const optional = ['expectedVersion', 'mutationId', 'reason']
    const message = { name: 'patch-metadata', schema: patchMetadataRequest, full: PATCH, optional }
    expect(shapeProblems({ ...message, any: ['patch'], unknown: 'are refused' })).toEqual([])
  })

  test('[WI2] an archive transition is such a patch', () => {
    expect(patchMetadataRequest.parse({ sid: 's-1', patch: ARCHIVE }).patch).toBe(ARCHIVE)
  })

  test.each<[string, unknown]>([
    ['sid', ''],
    ['sid', 'x'.repeat(129)],
    ['sid', 'tenant:abc'],
    ['sid', '../../etc'],
    ['sid', 'a\u0000b'],
    ['expectedVersion', -1],
    ['expectedVersion', 1.5],
    ['expectedVersion', 2 ** 53],
    ['mutationId', 'abc'],
    ['mutationId', 'm'.repeat(65)],
    ['mutationId', 'with a space in it'],
    ['reason', 'x'.repeat(1025)],
    ['reason', 'half \ud800'],
    ['reason', 'nul \u0000'],
  ])('[WI2] a %s of %j is refused, and named', (field, value) => {
    const refusal = refusalOf(patchMetadataRequest, { ...PATCH, [field]: value })
    expect(refusal?.code).toBe('invalid_request')
    expect(refusal?.field).toBe(field)
  })

  test('[WI2] what is unknown inside a patch is kept', () => {
    const patch: unknown = JSON.parse('{"ofSomebodyElse":{"deep":[1]},"__proto__":1}')
    const parsed = patchMetadataRequest.parse({ ...PATCH, patch })
    expect(parsed.patch).toBe(patch)
  })

  test.each(ACKS)('[WI2] %s has exactly its shape', (_, message) => {
    expect(shapeProblems(message)).toEqual([])
  })
})

describe('clear-resume-token', () => {
  test('[WI3] the request has exactly its shape', () => {
    const optional = ['expectedToken', 'mutationId']
    const message = { name: 'clear-resume-token', schema: clearResumeTokenRequest, full: CLEAR, optional }
    expect(shapeProblems({ ...message, unknown: 'are refused' })).toEqual([])
  })

  test.each<[string, unknown]>([
    ['flavor', ''],
    ['flavor', 'x'.repeat(129)],
    ['reason', ''],
    ['reason', 'x'.repeat(1025)],
    ['expectedToken', ''],
    ['expectedToken', 'x'.repeat(4097)],
    ['expectedToken', 'half \udc00'],
    ['mutationId', 'short'],
  ])('[WI3] a %s of %j is refused, and named', (field, value) => {
    expect(refusalOf(clearResumeTokenRequest, { ...CLEAR, [field]: value })?.field).toBe(field)
  })

  test('[WI3] a flavor that the hub does not know has the shape; the registry judges it', () => {
    expect(clearResumeTokenRequest.safeParse({ ...CLEAR, flavor: 'of-tomorrow' }).success).toBe(true)
  })
})

describe('session-patched', () => {
  const full = { sid: 's', version: 2, set: { name: 'n', x: null }, removed: ['tools'], seq: 9, at: 1 }

  test('[WI4] it has exactly its shape', () => {
    const message = { name: 'session-patched', schema: sessionPatched, full }
    expect(shapeProblems({ ...message, unknown: 'are refused' })).toEqual([])
  })

  test('[WI4] versions and seqs begin at 1', () => {
    for (const bad of [{ version: 0 }, { seq: 0 }, { version: 1.5 }, { seq: -1 }, { at: 1.5 }])
      expect(sessionPatched.safeParse({ ...full, ...bad }).success).toBe(false)
  })
})

describe('what is said of a request that has another shape', () => {
  test('[WI1] an unknown member is named, before what is missing because of it', () => {
    const refusal = refusalOf(patchMetadataRequest, { sid: 's-1', pathc: {} })
    expect(refusal).toEqual({
      kind: 'refused',
      code: 'invalid_request',
      message: 'The request has no member "pathc".',
      field: 'pathc',
    })
  })

  test('[WI1] a missing or wrong member is named', () => {
    expect(refusalOf(patchMetadataRequest, { sid: 's-1' })?.field).toBe('patch')
    expect(refusalOf(patchMetadataRequest, { ...PATCH, sid: 7 })?.message).toContain('"sid"')
  })

  test('[WI1] what is no object is no request at all', () => {
    for (const request of [null, [], 'x', 7, undefined]) {
      const refusal = refusalOf(patchMetadataRequest, request)
      expect(refusal?.code).toBe('invalid_request')
      expect(refusal?.field).toBe(undefined)
    }
  })

  test('[WI1] the name of an unknown member is cut and made printable', () => {
    const refusal = refusalOf(patchMetadataRequest, { ...PATCH, [`\u001b[2J\n${'x'.repeat(200)}`]: 1 })
    expect(refusal?.field?.length).toBe(80)
    expect(/\p{Cc}/u.test(refusal?.message ?? '\n')).toBe(false)
  })
})
