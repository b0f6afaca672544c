import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import { CHECK_IDS, type Check, type Verdict } from '@holdfast/shared/resume/verdict'
import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN } from '../contract/door-world.ts'
import { WorldRuns } from '../contract/world-runs.ts'

interface Judged {
  readonly verdict: Verdict
  readonly facts: ResumeFacts
  readonly text: string
}

async function verdictOf(world: DoorWorld, id: string, query = '', token = ROOT_TOKEN): Promise<Judged> {
  const answer = await world.ask({ path: `/api/sessions/${id}/verdict${query}`, token })
  expect(answer.status).toBe(200)
  return { ...(answer.body as unknown as Omit<Judged, 'text'>), text: answer.text }
}

const checkOf = ({ verdict }: Judged, id: string): Check | undefined =>
  verdict.checks.find((check) => check.id === id)

describe('the verdict on a session', () => {
  test('[WI5] is a resume with its token where nothing speaks against it, and shows every check', async () => {
    await using world = await DoorWorld.open()
    const judged = await verdictOf(world, await new WorldRuns(world).wellEnded('k'))
    const { verdict, facts } = judged
    expect(verdict).toMatchObject({ decision: 'resume', token: RESUME_TOKEN, workDir: '/work' })
    expect(verdict).not.toHaveProperty('reason')
    expect(verdict.checks.map(({ id, status }) => [id, status])).toEqual(CHECK_IDS.map((id) => [id, 'pass']))
    expect(facts).toMatchObject({ flavor: 'claude', token: { value: RESUME_TOKEN, machineId: 'm1' } })
  })

  test('[WI5] [RV4] is for a person where nothing else is said, and for a program where that is asked', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    await runs.end(await runs.claim('k'), 'interrupted')
    const [person, program] = [await verdictOf(world, id), await verdictOf(world, id, '?intent=auto')]
    const reason = 'run_interrupted'
    expect(person.verdict).toMatchObject({ decision: 'confirm', reason, token: RESUME_TOKEN })
    expect(program.verdict).toMatchObject({ decision: 'fresh', reason })
    expect(program.verdict).not.toHaveProperty('token')
    expect(await verdictOf(world, id, '?intent=operator')).toEqual(person)
  })

  test('[WI5] [RV5] a runtime is compared with that of the token, on the machine of the token', async () => {
    await using world = await DoorWorld.open()
    const id = await new WorldRuns(world).wellEnded('k')
    const same = await verdictOf(world, id, '?runtimeId=rt1')
    const other = await verdictOf(world, id, '?runtimeId=rt2')
    expect(same.verdict.decision).toBe('resume')
    expect(other.verdict).toMatchObject({ decision: 'confirm', reason: 'runtime_changed' })
    for (const judged of [same, other]) expect(checkOf(judged, 'machine')?.status).toBe('pass')
    expect(other.facts.claimant).toEqual({ machineId: 'm1', runtimeId: 'rt2' })
  })

  test('[RV6] what nobody looked at is unknown, and never absent', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ machineId: 'm1' })
    const unseen = await verdictOf(world, id)
    expect(checkOf(unseen, 'transcript')).toMatchObject({ status: 'unknown', reason: 'transcript_unknown' })
    expect(unseen.verdict.decision).toBe('confirm')
    const transcript = { state: 'absent', because: null } as const
    const about = { namespace: 'default', session: id, flavor: 'claude', token: RESUME_TOKEN }
    await world.store.noteEvidence({ ...about, transcript })
    const gone = await verdictOf(world, id)
    expect(checkOf(gone, 'transcript')).toMatchObject({
      status: 'fail',
      reason: 'transcript_absent',
      evidenceAt: world.time,
      next: expect.any(String),
    })
    expect(gone.verdict.decision).toBe('fresh')
    expect(gone.facts.token?.value).toBe(RESUME_TOKEN)
  })

  test('[RV7] of an unknown agent is blocked, and no other agent is taken for it', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ flavor: 'newagent' })
    for (const query of ['', '?flavor=newagent']) {
      const { verdict } = await verdictOf(world, id, query)
      expect(verdict).toMatchObject({ decision: 'blocked', reason: 'unknown_flavor' })
      expect(verdict).not.toHaveProperty('token')
    }
    expect((await verdictOf(world, id, '?flavor=claude')).verdict.token).toBe(RESUME_TOKEN)
    expect((await verdictOf(world, id, '?flavor=codex')).verdict).toMatchObject({ reason: 'no_token' })
  })

  test('[RV2] of a session that is in use is blocked, and says since when', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    const run = await runs.claim('k')
    const judged = await verdictOf(world, id)
    expect(judged.verdict).toMatchObject({ decision: 'blocked', reason: 'run_in_progress' })
    expect(judged.facts.held).toEqual({ runId: run.id, session: id, since: world.time, contended: false })
    expect(checkOf(judged, 'lease')?.evidenceAt).toBe(world.time)
  })

  test('[RV10] [SE4] shows a viewer no whole token, wherever one stands', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    const path = `/srv/${RESUME_TOKEN}`
    await world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body: { patch: { path } } })
    const run = await runs.claim('k', { intent: 'operator', acceptRisk: CHECK_IDS })
    await runs.end(run, 'interrupted', `left ${RESUME_TOKEN} alone`)
    const { token } = await world.device('viewer')
    const whole = await verdictOf(world, id)
    const viewed = await verdictOf(world, id, '', token)
    expect(whole.verdict).toMatchObject({ token: RESUME_TOKEN, workDir: path })
    expect(whole.facts.token?.lastRun?.reason).toBe(`left ${RESUME_TOKEN} alone`)
    expect(viewed.text).not.toContain(RESUME_TOKEN)
    expect(viewed.verdict).toMatchObject({ token: 'b7e5a0a2…', workDir: '/srv/b7e5a0a2…' })
    const lastRun = { reason: 'left b7e5a0a2… alone' }
    expect(viewed.facts).toMatchObject({ workDir: '/srv/b7e5a0a2…', token: { value: 'b7e5a0a2…', lastRun } })
    expect(viewed.verdict.checks.map(({ id: check, status }) => [check, status])).toEqual(
      whole.verdict.checks.map(({ id: check, status }) => [check, status]),
    )
  })

  test('[SE2] of another tenant is that of a session that is not there', async () => {
    await using world = await DoorWorld.open()
    const path = `/api/sessions/${await world.session()}/verdict`
    const there = await world.ask({ path, token: `${ROOT_TOKEN}:b` })
    const nowhere = await world.ask({ path: '/api/sessions/nobody/verdict', token: `${ROOT_TOKEN}:b` })
    expect([there.status, there.text]).toEqual([404, nowhere.text])
  })

  test.each([
    '?intent=person',
    '?intent=',
    '?runtimeId=',
    `?runtimeId=${'x'.repeat(257)}`,
    '?runtimeId=%00',
    '?flavor=',
    '?machineId=m1',
  ])('[WI1] "%s" is refused', async (query) => {
    await using world = await DoorWorld.open()
    const answer = await world.ask({ path: `/api/sessions/${await world.session()}/verdict${query}` })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })
})
