import { expect, test } from 'vitest'
import { z } from 'zod'
import { shapeRefusal } from './shape-refusal.ts'

const SHAPE = z.strictObject({
  flavor: z.string(),
  runId: z.guid().optional(),
  intent: z.enum(['auto', 'operator']).optional(),
  holder: z.strictObject({ id: z.string(), boot: z.number() }).optional(),
})

const said = (body: unknown): string => {
  const parsed = SHAPE.safeParse(body)
  return parsed.success ? 'nothing' : shapeRefusal('The body', parsed.error).message
}

test.each<[unknown, string]>([
  [{}, 'The body is not valid at "flavor": it is missing, expected string.'],
  [{ flavor: 5 }, 'The body is not valid at "flavor": expected string, received number.'],
  [{ flavor: 'a', runId: 'abc' }, 'The body is not valid at "runId": expected a UUID.'],
  [{ flavor: 'a', intent: 'me' }, 'The body is not valid at "intent": expected one of "auto"|"operator".'],
  [
    { flavor: 'a', holder: { id: 'h' } },
    'The body is not valid at "holder.boot": it is missing, expected number.',
  ],
  [[], 'The body is not valid: expected object, received array.'],
  [{ flavour: 'a' }, 'The body has no member "flavour".'],
])('[WI7] of %j says in plain words what is wrong', (body, sentence) => {
  expect(said(body)).toBe(sentence)
})
