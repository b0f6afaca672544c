import { describe, expect, test } from 'vitest'
import { shapeProblems, type MessageCase } from '../contract/shape-problems.ts'
import { VERDICT_CLASSES } from '../../resume/verdict.ts'
import { censusAnswer, censusGroup, censusQuery, censusTotals } from './census.ts'
import { errorBody } from './error-body.ts'
import { rebindTokenBody } from './rebind-token.ts'
import { runInProgress } from './run-in-progress.ts'
import { sessionRunsAnswer } from './session-runs.ts'
import { stopSessionAnswer, stopSessionBody } from './stop-session.ts'
import { verdictAnswer, verdictQuery } from './verdict.ts'

const RUN = {
  id: 'r',
  session: 's',
  kind: 'claimed',
  state: 'running',
  flavor: 'claude',
  token: 't',
  machineId: 'm',
  runtimeId: 'rt',
  directory: '/p',
  holder: { id: 'h', boot: 1 },
  contended: false,
  startedAt: 1,
  endedAt: null,
  endedBy: null,
  reason: null,
}
const VERDICT = { decision: 'resume', message: 'm', token: 't', workDir: '/p', checks: [] }
const FACTS = {
  session: 's',
  flavor: 'claude',
  held: null,
  token: null,
  tokenDamaged: false,
  clearedAt: null,
  workDir: '/p',
  directory: { state: 'unknown', at: null },
  claimant: null,
}
const TOTALS = { running: 1, resumable: 2, atRisk: 3, lost: 4, none: 5 }
const GROUP = { flavor: 'claude', machineId: 'm', class: 'at_risk', reason: 'run_missing', count: 1 }

const SHAPES: readonly MessageCase[] = [
  {
    name: 'what a verdict is asked for',
    schema: verdictQuery,
    full: { intent: 'auto', runtimeId: 'rt', flavor: 'codex' },
    optional: ['intent', 'runtimeId', 'flavor'],
    unknown: 'are refused',
  },
  {
    name: 'a verdict',
    schema: verdictAnswer,
    full: { verdict: VERDICT, facts: FACTS },
    unknown: 'are refused',
  },
  {
    name: 'the runs of a session',
    schema: sessionRunsAnswer,
    full: { runs: [RUN], nextCursor: '1' },
    nullable: ['nextCursor'],
    unknown: 'are refused',
  },
  {
    name: 'what the census is asked for',
    schema: censusQuery,
    full: { limit: '1', cursor: '["claude","m","lost",""]' },
    optional: ['limit', 'cursor'],
    unknown: 'are refused',
  },
  {
    name: 'the census',
    schema: censusAnswer,
    full: { totals: TOTALS, groups: [GROUP], nextCursor: '1' },
    nullable: ['nextCursor'],
    unknown: 'are refused',
  },
  {
    name: 'a group of it',
    schema: censusGroup,
    full: GROUP,
    nullable: ['flavor', 'machineId', 'reason'],
    unknown: 'are refused',
  },
  {
    name: 'where a token belongs',
    schema: rebindTokenBody,
    full: {
      flavor: 'claude',
      token: 't',
      machineId: 'm',
      runtimeId: 'rt',
      reason: 'r',
      mutationId: 'mutation-0000000001',
    },
    optional: ['runtimeId', 'mutationId'],
    unknown: 'are refused',
  },
  {
    name: 'stopping',
    schema: stopSessionBody,
    full: { reason: 'r' },
    optional: ['reason'],
    unknown: 'are refused',
  },
  {
    name: 'what came of it',
    schema: stopSessionAnswer,
    full: { outcome: 'stopped', by: 'runner', message: 'm' },
    unknown: 'are refused',
  },
  {
    name: 'a run that is in the way',
    schema: runInProgress,
    full: { error: 'e', code: 'run_in_progress', runId: 'r', session: 's', since: 1, contended: false },
    unknown: 'pass',
  },
]

describe('what is told of verdicts and runs', () => {
  test.each(SHAPES.map((message): [string, MessageCase] => [message.name, message]))(
    '[WI1] %s has exactly its shape',
    (_, message) => {
      expect(shapeProblems(message)).toEqual([])
    },
  )

  test('[WI7] a run that is in the way is an error like every other', () => {
    expect(Object.keys(runInProgress.shape)).toEqual(expect.arrayContaining(Object.keys(errorBody.shape)))
  })

  test('[WI5] the census has a total for every class', () => {
    const named = VERDICT_CLASSES.map((name) => name.replace('at_risk', 'atRisk'))
    expect(Object.keys(censusTotals.shape)).toEqual(named)
  })
})
