import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { shapeProblems, type MessageCase } from './shape-problems.ts'

const RIGHT: MessageCase = {
  name: 'sample',
  schema: z.strictObject({
    id: z.string(),
    note: z.string().nullable().optional(),
    value: z.unknown(),
    mode: z.enum(['a']).optional().catch(undefined),
  }),
  full: { id: 'x', note: 'y', value: 1, mode: 'a' },
  optional: ['note', 'mode'],
  nullable: ['note'],
  any: ['value'],
  lenient: ['mode'],
  unknown: 'are refused',
}

describe('the shape check finds what it is for', () => {
  test('[WI1] a message that is as its case says has no problem', () => {
    expect(shapeProblems(RIGHT)).toEqual([])
  })

  test.each<[string, Partial<MessageCase>, string]>([
    ['a sample that is refused', { full: { ...RIGHT.full, id: 1 } }, 'the full sample is refused'],
    ['an optional member taken for required', { optional: ['mode'] }, 'note is optional'],
    ['a required member taken for optional', { optional: ['note', 'mode', 'id'] }, 'id is required'],
    ['a null that passes', { nullable: [] }, 'note: null passes'],
    ['a null that is refused', { nullable: ['note', 'id'] }, 'id: null is refused'],
    ['a wrong type that passes', { any: [] }, 'value: true passes'],
    ['a wrong type that is refused', { lenient: ['mode', 'id'] }, 'id: 7 is refused'],
    ['unknown members that are refused', { unknown: 'pass' }, 'an unknown member does not pass'],
    [
      'unknown members that pass',
      {
        schema: z.looseObject({
          ...RIGHT.full,
          id: z.string(),
          note: z.unknown(),
          value: z.unknown(),
          mode: z.unknown(),
        }),
      },
      'an unknown member passes',
    ],
  ])('[WI1] it reports %s', (_, change, problem) => {
    expect(shapeProblems({ ...RIGHT, ...change })).toContain(problem)
  })
})
