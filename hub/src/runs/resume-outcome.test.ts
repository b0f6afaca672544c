import { runStateSchema, type RunRecord, type RunState } from '@holdfast/shared/records/run'
import { refuse } from '@holdfast/shared/errors/holdfast-error'
import { describe, expect, test } from 'vitest'
import { nobodyOnline, outcomeOf, runnerUnable, startFailure } from './resume-outcome.ts'

const WHERE = { session: 's', machineId: 'm\u001b[2J' }

function runIn(state: RunState, reason: string | null = null): RunRecord {
  return {
    id: 'r',
    session: 's',
    kind: 'resume',
    state,
    flavor: 'claude',
    token: 't',
    machineId: 'm',
    runtimeId: null,
    directory: '/d',
    holder: null,
    contended: false,
    startedAt: 1,
    endedAt: null,
    endedBy: null,
    reason,
  }
}

/** What each state is to who waits: nothing yet, the agent's confirmation, or a failure. */
const MEANS: Readonly<Record<RunState, 'nothing' | 'resumed' | 'not-resumed'>> = {
  attempt: 'nothing',
  starting: 'nothing',
  running: 'resumed',
  success: 'resumed',
  failed: 'not-resumed',
  cancelled: 'not-resumed',
  interrupted: 'not-resumed',
  withdrawn: 'not-resumed',
}

function codeOf(started: Parameters<typeof startFailure>[0]): string | null {
  return startFailure(started, () => nobodyOnline(WHERE))?.refusal.code ?? null
}

describe('what becomes of a resume', () => {
  test.each(runStateSchema.options)('[RI1] a run that is %s', (state) => {
    expect(outcomeOf(runIn(state))?.kind ?? 'nothing').toBe(MEANS[state])
  })

  test.each<[string | null, string, string | undefined]>([
    ['identity_mismatch', 'identity_mismatch', undefined],
    ['agent_rejected', 'resume_failed', 'agent_rejected'],
    ['exit code 3', 'resume_failed', 'exit code 3'],
    [null, 'resume_failed', 'The run ended (failed), and nothing was said of why.'],
  ])('[RI4] one that failed because of %s says so', (reason, code, more) => {
    expect(outcomeOf(runIn('failed', reason))).toMatchObject({ refusal: { code } })
    const outcome = outcomeOf(runIn('failed', reason))
    expect(outcome?.kind === 'not-resumed' && outcome.more.reason).toBe(more)
  })

  test('[RI1] of a runner only a plain no is a no', () => {
    expect([
      codeOf({ kind: 'answer', answer: { type: 'accepted' } }),
      codeOf({ kind: 'lost' }),
      codeOf({ kind: 'unreadable', why: 'w' }),
      codeOf({ kind: 'answer', answer: { type: 'refused', message: 'm' } }),
      codeOf({ kind: 'error', error: { error: 'e' } }),
      codeOf({ kind: 'absent' }),
      codeOf(refuse('overloaded', 'm')),
    ]).toEqual([null, null, null, 'resume_failed', 'resume_failed', 'no_machine_online', 'overloaded'])
  })

  test('[RI8] the command is one word and an id, in any shell', () => {
    expect(runnerUnable({ ...WHERE, session: 'a-1_B' }).more.command).toBe('hapi resume a-1_B')
    expect(runnerUnable({ ...WHERE, session: '-rf' }).more.command).toBe('hapi resume -- -rf')
  })

  test('[RI8] a machine that names itself oddly does not move the cursor', () => {
    for (const { refusal } of [runnerUnable(WHERE), nobodyOnline(WHERE)])
      expect(refusal.message).not.toMatch(/\p{Cc}/u)
  })
})
