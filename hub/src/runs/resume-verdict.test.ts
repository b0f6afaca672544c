import { describe, expect, test } from 'vitest'
import { openResumeWorld, type Answered } from './contract/resume-world.ts'
import { MACHINE, RUNTIME } from './contract/scripted-runner.ts'

const HERE = { state: 'present' }
/** Whoever is asked to start one nevertheless says so at once. */
const start = () => ({ type: 'refused', message: 'It was not to be asked.' })

/** The checks that an answer names, with why each does not pass. */
function objections({ body }: Answered): Record<string, unknown> {
  const checks = (body['checks'] ?? []) as { id: string; reason?: string }[]
  return Object.fromEntries(checks.flatMap(({ id, reason }) => (reason === undefined ? [] : [[id, reason]])))
}

describe('a resume is judged on what the machine sees now', () => {
  test.each<[string, object, object]>([
    [
      'a transcript that is gone',
      { transcript: { state: 'absent' }, directory: HERE, runtimeId: RUNTIME },
      { transcript: 'transcript_absent' },
    ],
    [
      'a transcript without a turn',
      { transcript: { state: 'present', turns: 0 }, directory: HERE, runtimeId: RUNTIME },
      { transcript: 'transcript_absent' },
    ],
    [
      'two transcripts',
      { transcript: { state: 'present', candidates: 2 }, directory: HERE, runtimeId: RUNTIME },
      { transcript: 'transcript_ambiguous' },
    ],
    [
      'a directory that is gone, which nobody makes again',
      { transcript: HERE, directory: { state: 'absent' }, runtimeId: RUNTIME },
      { directory: 'directory_absent' },
    ],
  ])('[RI3] [RI7] %s: refused with the checks, whatever is accepted', async (_, look, reasons) => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const before = await caller.standing(session)
    const runner = await world.runner({ look: () => look, start })
    const answer = await caller.resume(session, { acceptRisk: ['transcript', 'directory'] })
    expect(answer).toMatchObject({ status: 409, body: { code: 'resume_unavailable' } })
    expect(objections(answer)).toEqual(reasons)
    expect((answer.body['checks'] as object[]).length).toBe(8)
    expect([runner.count('start'), runner.count('stop')]).toEqual([0, 0])
    expect(await caller.runs(session)).toEqual(['withdrawn', 'success'])
    expect([await caller.standing(session), await caller.token(session)]).toEqual([before, token])
  })

  test('[RI3] a session without a token is refused before anybody is asked', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const clear = { flavor: 'claude', expectedToken: token, reason: 'not that' }
    await caller.ask('POST', `/api/sessions/${session}/clear-token`, clear)
    const runner = await world.runner()
    const answer = await caller.resume(session)
    expect(answer).toMatchObject({ status: 409, body: { code: 'resume_unavailable' } })
    expect(objections(answer)).toMatchObject({ token: 'token_cleared' })
    expect([runner.calls, await caller.runs(session)]).toEqual([[], ['success']])
  })

  test('[RV2] an agent that is not known is 422', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const body = { tag: 't', metadata: { path: '/p', host: 'h', flavor: 'unheard-of' } }
    const made = await caller.ask('POST', '/cli/sessions', body)
    const { id } = made.body['session'] as { id: string }
    expect(await caller.resume(id)).toMatchObject({ status: 422, body: { code: 'unknown_flavor' } })
  })

  test('[RI3] cautions are to be accepted, each by its check; the others come back', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const unseen = { transcript: { state: 'unknown', because: 'config_dir_unusable' }, directory: HERE }
    const runner = await world.runner({ look: () => ({ ...unseen, runtimeId: 'another' }) })
    const first = await caller.resume(session)
    expect(first).toMatchObject({ status: 409, body: { code: 'confirmation_required' } })
    const both = { transcript: 'config_dir_unusable', runtime: 'runtime_changed' }
    expect(objections(first)).toEqual(both)
    const second = await caller.resume(session, { acceptRisk: ['transcript'] })
    expect(objections(second)).toEqual({ runtime: 'runtime_changed' })
    expect(runner.count('start')).toBe(0)
    expect(await caller.runs(session)).toEqual(['withdrawn', 'withdrawn', 'success'])
    const third = caller.resume(session, { acceptRisk: ['transcript', 'runtime'] })
    const { runId, runtimeId } = await runner.asked('start')
    expect(runtimeId).toBe('another')
    await caller.confirm(runId, token)
    expect(await third).toMatchObject({ status: 200, body: { runId } })
  })

  test('[RV5] what is taken over to another runtime is on record as run there', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session, token } = await caller.conversation()
    const runner = await world.runner({
      look: () => ({ transcript: HERE, directory: HERE, runtimeId: 'another' }),
    })
    const answer = caller.resume(session, { acceptRisk: ['runtime'] })
    const { runId } = await runner.asked('start')
    await caller.confirm(runId, token)
    await answer
    const { body } = await caller.ask('GET', `/api/sessions/${session}/runs`)
    expect((body['runs'] as object[])[0]).toMatchObject({ id: runId, state: 'running', runtimeId: 'another' })
  })

  test.each<[string, () => unknown]>([
    ['can not tell', () => ({ transcript: { state: 'unknown' }, directory: { state: 'unknown' } })],
    ['says something else', () => ({ transcript: true })],
    ['says that it failed', () => ({ error: 'the disk is asleep' })],
  ])('[RV6] where the machine %s, an old sighting is not enough: a person is asked', async (_, look) => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    const runner = await world.runner({ look, start })
    const answer = await caller.resume(session)
    expect(answer).toMatchObject({ status: 409, body: { code: 'confirmation_required' } })
    expect(objections(answer)).toEqual({ transcript: 'transcript_unknown', directory: 'directory_unknown' })
    expect(runner.count('start')).toBe(0)
    const { body } = await caller.ask('GET', `/api/sessions/${session}/verdict`)
    expect(body).toMatchObject({ facts: { token: { transcript: { state: 'present' } } } })
  })

  test('[RV6] what was seen stays on record, also of a resume that is refused', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    await world.runner({ look: () => ({ transcript: { state: 'absent' }, directory: HERE }), start })
    await caller.resume(session)
    const { body } = await caller.ask('GET', `/api/sessions/${session}/verdict`)
    expect(body).toMatchObject({
      verdict: { decision: 'fresh', reason: 'transcript_absent' },
      facts: { token: { transcript: { state: 'absent', at: expect.any(Number) } }, directory: HERE },
    })
  })

  test('[RI3] a token that is changed while the machine looks is not the one that is started', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const { session } = await caller.conversation()
    const patch = { patch: { claudeSessionId: 'a-newer-token' } }
    const runner = await world.runner({
      look: async () => {
        await caller.ask('PATCH', `/api/sessions/${session}/metadata`, patch)
        return { transcript: HERE, directory: HERE, runtimeId: RUNTIME }
      },
      start,
    })
    const acceptRisk = ['token', 'transcript', 'directory', 'machine', 'runtime', 'last-run']
    const answer = await caller.resume(session, { acceptRisk })
    expect(answer).toMatchObject({ status: 409, body: { code: 'resume_failed' } })
    expect(runner.count('start')).toBe(0)
    expect(await caller.token(session)).toBe('a-newer-token')
  })

  test('[RV7] a token of which no machine is on record is resumed nowhere, even if that is accepted', async () => {
    await using world = await openResumeWorld()
    const { caller } = world
    const metadata = { path: '/srv/app', host: MACHINE, flavor: 'claude', claudeSessionId: 'of-nowhere' }
    const made = await caller.ask('POST', '/cli/sessions', { tag: 't', metadata })
    const { id } = made.body['session'] as { id: string }
    const runner = await world.runner()
    const acceptRisk = ['token', 'transcript', 'directory', 'machine', 'runtime', 'last-run']
    const answer = await caller.resume(id, { acceptRisk })
    expect(answer).toMatchObject({ status: 409, body: { code: 'resume_unavailable' } })
    expect(String(answer.body['error'])).toContain('rebind')
    expect(runner.calls).toEqual([])
  })
})
