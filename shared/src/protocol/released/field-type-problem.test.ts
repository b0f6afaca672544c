import { describe, expect, test } from 'vitest'
import { SESSION_METADATA } from '../contract/released-samples.ts'
import { fieldTypeProblem } from './field-type-problem.ts'

describe('why a value breaks a typed field', () => {
  test.each(Object.entries(SESSION_METADATA))(
    '[CO10] %s: none for what is right, one for what is wrong',
    (name, samples) => {
      expect(samples.right.map((value) => fieldTypeProblem(name, value))).toEqual(
        samples.right.map(() => null),
      )
      expect(samples.wrong.filter((value) => fieldTypeProblem(name, value) === null)).toEqual([])
    },
  )

  test.each(['ofSomebodyElse', 'qwenSessionId', '', 'toString', 'constructor', '__proto__'])(
    '[CO10] "%s" has no type there: everything fits',
    (name) => {
      for (const value of [null, 7, 'x', [], {}, undefined]) expect(fieldTypeProblem(name, value)).toBe(null)
    },
  )

  test('[CO10] a field that goes breaks no type', () => {
    for (const name of Object.keys(SESSION_METADATA)) expect(fieldTypeProblem(name, undefined)).toBe(null)
  })

  test('[WI2] it says what is expected, and where', () => {
    expect(fieldTypeProblem('hostPid', 'x')).toBe(
      'is not what released clients accept: invalid input: expected number, received string',
    )
    expect(fieldTypeProblem('worktree', { basePath: '/b', name: 'w' })).toBe(
      'is not what released clients accept at "branch": invalid input: expected string, received undefined',
    )
  })

  test('[WI2] a key from outside is cut and made printable', () => {
    const problem = fieldTypeProblem('conversationHistoryPoints', {
      [`\u001b[2J\n${'x'.repeat(200)}`]: false,
    })
    expect(problem).toContain('xxx')
    expect(problem).not.toContain('x'.repeat(80))
    expect(/[\p{Cc}]/u.test(problem ?? '\n')).toBe(false)
  })
})
