import { describe, expect, test } from 'vitest'
import { shapeProblems, type MessageCase } from '../contract/shape-problems.ts'
import { claimRunAnswer, claimRunBody } from './claim-run.ts'
import { completeRunBody } from './complete-run.ts'
import { heldRunsAnswer, heldRunsBody } from './held-runs.ts'
import { registerRunBody } from './register-run.ts'
import { reportRejectedAnswer, reportRejectedBody } from './report-rejected.ts'
import { reportTokenAnswer, reportTokenBody } from './report-token.ts'
import { runAnswer } from './run-answer.ts'

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e'
const HOLDER = { id: 'dispatcher', boot: 1 }
const BEGUN = {
  key: 'nightly',
  flavor: 'claude',
  machineId: 'm1',
  runtimeId: 'r1',
  runId: UUID,
  holder: HOLDER,
  directory: '/work',
  metadata: {},
}
const CHECK = { id: 'token', status: 'pass', message: 'It is there.', evidenceAt: 1, next: 'Go on.' }
const STANDS = { runId: UUID, sessionId: 's', state: 'running', contended: false, leaseMs: 30_000 }

const SHAPES: readonly MessageCase[] = [
  {
    name: 'a claim',
    schema: claimRunBody,
    full: {
      ...BEGUN,
      evidence: { token: 't', transcript: 'present', directory: 'absent' },
      intent: 'operator',
      acceptRisk: ['token'],
    },
    optional: ['runtimeId', 'runId', 'holder', 'directory', 'metadata', 'evidence', 'intent', 'acceptRisk'],
    nullable: ['runtimeId'],
    any: ['metadata'],
    unknown: 'are refused',
  },
  {
    name: 'the answer to a claim',
    schema: claimRunAnswer,
    full: {
      sessionId: 's',
      runId: UUID,
      leaseMs: 30_000,
      workDir: '/work',
      resume: { decision: 'resume', token: 't' },
      checks: [CHECK],
    },
    nullable: ['workDir'],
    unknown: 'are refused',
  },
  {
    name: 'a run that is registered',
    schema: registerRunBody,
    full: BEGUN,
    optional: ['runtimeId', 'holder', 'directory', 'metadata'],
    nullable: ['runtimeId'],
    any: ['metadata'],
    unknown: 'are refused',
  },
  { name: 'how a run stands', schema: runAnswer, full: STANDS, unknown: 'are refused' },
  {
    name: 'a token',
    schema: reportTokenBody,
    full: { token: 't', state: 'confirmed', transcript: 'present' },
    optional: ['transcript'],
    unknown: 'are refused',
  },
  {
    name: 'the answer to a token',
    schema: reportTokenAnswer,
    full: { ...STANDS, version: 2 },
    unknown: 'are refused',
  },
  {
    name: 'a rejection',
    schema: reportRejectedBody,
    full: { token: 't', message: 'No such conversation.' },
    unknown: 'are refused',
  },
  {
    name: 'the answer to a rejection',
    schema: reportRejectedAnswer,
    full: { ...STANDS, quarantined: true },
    unknown: 'are refused',
  },
  {
    name: 'an end',
    schema: completeRunBody,
    full: { outcome: 'success', token: 't', reason: 'done', workDir: '/work' },
    optional: ['token', 'reason', 'workDir'],
    unknown: 'are refused',
  },
  {
    name: 'what a program holds',
    schema: heldRunsBody,
    full: { holder: HOLDER, runs: [UUID] },
    unknown: 'are refused',
  },
  { name: 'what was ended', schema: heldRunsAnswer, full: { ended: [UUID] }, unknown: 'are refused' },
]

describe('the messages about runs', () => {
  test.each(SHAPES.map((shape): [string, MessageCase] => [shape.name, shape]))(
    '[WI1] [RU4] [RU5] %s is of its shape and no other',
    (_, shape) => {
      expect(shapeProblems(shape)).toEqual([])
    },
  )

  test('[RU4] whoever does not say who asks is a program', () => {
    const { intent } = claimRunBody.parse({ key: 'k', flavor: 'claude', machineId: 'm' })
    expect(intent).toBe('auto')
  })

  test('[RU5] only the hub interrupts a run', () => {
    expect(completeRunBody.safeParse({ outcome: 'interrupted' }).success).toBe(false)
  })

  test.each([
    { ...BEGUN, runId: 'mine' },
    { ...BEGUN, machineId: 'a b' },
    { ...BEGUN, machineId: '' },
    { ...BEGUN, holder: { id: '', boot: 1 } },
    { ...BEGUN, holder: { id: 'h', boot: -1 } },
    { ...BEGUN, directory: '' },
    { ...BEGUN, key: 'k'.repeat(513) },
  ])('[SE5] [RU4] %j is no run', (body) => {
    expect([claimRunBody.safeParse(body).success, registerRunBody.safeParse(body).success]).toEqual([
      false,
      false,
    ])
  })
})
