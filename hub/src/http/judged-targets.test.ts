import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, type Answered } from './contract/door-world.ts'
import { WorldRuns } from './contract/world-runs.ts'

const ABOUT = { namespace: 'default', flavor: 'claude', token: RESUME_TOKEN } as const

const targetOf = (world: DoorWorld, id: string): Promise<Answered> =>
  world.ask({ path: `/cli/sessions/${id}/resume-target` })

async function listed(world: DoorWorld): Promise<{ sessionId: string; active: boolean }[]> {
  const { body } = await world.ask({ path: '/cli/sessions/resumable?machineId=m1' })
  return body['sessions'] as { sessionId: string; active: boolean }[]
}

const idsListed = async (world: DoorWorld): Promise<string[]> =>
  (await listed(world)).map(({ sessionId }) => sessionId)

const warnings = (world: DoorWorld): DoorWorld['lines'] =>
  world.lines.filter(({ what }) => what.includes('a person should be asked'))

describe('what a released client is given to resume', () => {
  test('[RV10] is given with a warning where a person should be asked, and the token is masked in it', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ machineId: 'm1' })
    const { body } = await targetOf(world, id)
    expect(body).toMatchObject({ target: { agentSessionId: RESUME_TOKEN } })
    expect(warnings(world)).toMatchObject([
      { facts: { session: id, token: 'b7e5a0a2…', reason: 'run_missing' } },
    ])
    expect(await idsListed(world)).toEqual([id])
    expect(warnings(world)).toMatchObject([{}, { facts: { machine: 'm1', sessions: 1 } }])
    expect(JSON.stringify(world.lines)).not.toContain(RESUME_TOKEN)
  })

  test('[RV10] [RV5] a client that names no runtime is a reason to ask, also where nothing else is', async () => {
    await using world = await DoorWorld.open()
    await targetOf(world, await new WorldRuns(world).wellEnded('k'))
    expect(warnings(world)).toMatchObject([{ facts: { reason: 'runtime_unknown' } }])
  })

  test('[RV10] [RV7] so is a session that has moved to another machine than its token', async () => {
    await using world = await DoorWorld.open()
    const id = await new WorldRuns(world).wellEnded('k')
    const body = { patch: { machineId: 'm2' } }
    await world.ask({ method: 'PATCH', path: `/api/sessions/${id}/metadata`, body })
    await targetOf(world, id)
    expect(warnings(world)).toMatchObject([{ facts: { reason: 'machine_changed' } }])
  })

  test.each(['absent', 'ambiguous'] as const)(
    '[RV10] [RV6] is none where the transcript is %s, in the list neither',
    async (state) => {
      await using world = await DoorWorld.open()
      const id = await world.session({ machineId: 'm1' })
      await world.store.noteEvidence({ ...ABOUT, session: id, transcript: { state, because: null } })
      const answer = await targetOf(world, id)
      expect(answer).toMatchObject({ status: 409, body: { code: 'resume_unavailable' } })
      expect(answer.text).not.toContain(RESUME_TOKEN)
      expect(await idsListed(world)).toEqual([])
      expect(warnings(world)).toEqual([])
    },
  )

  test('[RV10] [RV6] is there while nobody knows of the transcript or the directory', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ machineId: 'm1' })
    const transcript = { state: 'unknown', because: 'config_dir_unusable' } as const
    await world.store.noteEvidence({ ...ABOUT, session: id, transcript, directory: 'unknown' })
    expect((await targetOf(world, id)).status).toBe(200)
    expect(await idsListed(world)).toEqual([id])
  })

  test('[RV10] is none where the directory is gone', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ machineId: 'm1' })
    await world.store.noteEvidence({ ...ABOUT, session: id, directory: 'absent' })
    expect(await targetOf(world, id)).toMatchObject({ status: 409, body: { code: 'resume_unavailable' } })
    expect(await idsListed(world)).toEqual([])
  })

  test('[RV10] a token of another agent than the session is now is not given out', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ machineId: 'm1', flavor: 'codex' })
    const answer = await targetOf(world, id)
    expect(answer).toMatchObject({ status: 409, body: { code: 'resume_unavailable' } })
    expect(answer.text).not.toContain(RESUME_TOKEN)
  })
})

describe('a session that something runs in', () => {
  test('[RV10] [CO13] has a target where that is a released client: the asker has it hand over', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ machineId: 'm1' })
    world.alive(id)
    await new WorldRuns(world).implicit(id)
    expect(await targetOf(world, id)).toMatchObject({
      status: 200,
      body: { target: { active: true, agentSessionId: RESUME_TOKEN } },
    })
    expect(await listed(world)).toMatchObject([{ sessionId: id, active: true }])
  })

  test('[RV10] [WI7] has none where that is a claimed run, and is in the list all the same', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    await runs.claim('k')
    const answer = await targetOf(world, id)
    expect(answer).toMatchObject({ status: 409, body: { code: 'run_in_progress' } })
    expect(answer.text).not.toContain(RESUME_TOKEN)
    expect(await idsListed(world)).toEqual([id])
  })

  test('[RV10] [RU7] has none where that is both', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    const claimed = await runs.claim('k')
    await runs.implicit(id)
    expect(await targetOf(world, id)).toMatchObject({ body: { code: 'run_in_progress' } })
    await runs.end(claimed, 'success')
    expect((await targetOf(world, id)).status).toBe(200)
  })

  test('[RV10] [RU7] nor where the implicit one was there first', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    const id = await runs.wellEnded('k')
    await runs.implicit(id)
    const where = { flavor: 'claude', machineId: 'm1', runtimeId: null }
    const run = { namespace: 'default', actor: { door: 'http' }, key: 'k', runId: RUN } as const
    expect(await world.store.registerRun({ ...run, ...where })).toMatchObject({ kind: 'run' })
    expect(await targetOf(world, id)).toMatchObject({ body: { code: 'run_in_progress' } })
  })

  test('[RV10] [ME13] has none where its conversation runs in another session, in the list neither', async () => {
    await using world = await DoorWorld.open()
    const runs = new WorldRuns(world)
    await runs.wellEnded('other')
    const id = await world.session({ machineId: 'm1' })
    const run = await runs.claim('other')
    expect(await targetOf(world, id)).toMatchObject({ status: 409, body: { code: 'run_in_progress' } })
    expect(await idsListed(world)).toEqual([run.session])
  })
})

const RUN = '6f6c6f0e-4b55-4c53-9d2c-0e7e0c1f2a3b'
