import { resumableAnswer } from '@holdfast/shared/protocol/http/resumable'
import { resumeTargetAnswer } from '@holdfast/shared/protocol/http/resume-target'
import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN } from './contract/door-world.ts'

type Row = Record<string, unknown> & { readonly sessionId: string }

async function resumable(world: DoorWorld, machine = 'm1', token = ROOT_TOKEN): Promise<Row[]> {
  const answer = await world.ask({ path: `/cli/sessions/resumable?machineId=${machine}`, token })
  expect(answer).toMatchObject({ status: 200 })
  resumableAnswer.parse(answer.body)
  return answer.body['sessions'] as Row[]
}

const HERE = { machineId: 'm1' }

describe('what can be resumed on a machine', () => {
  test('[CO1] a row holds the target, and what a person chooses by', async () => {
    await using world = await DoorWorld.open()
    const named = { ...HERE, name: 'my work', summary: { text: 'what we did', updatedAt: 1 } }
    const id = await world.session(named, { model: 'opus', agentState: { controlledByUser: true } })
    world.alive(id)
    expect(await resumable(world)).toEqual([
      {
        sessionId: id,
        flavor: 'claude',
        directory: '/work',
        machineId: 'm1',
        host: 'box',
        active: true,
        thinking: false,
        controlledByUser: true,
        agentSessionId: RESUME_TOKEN,
        model: 'opus',
        effort: null,
        modelReasoningEffort: null,
        updatedAt: world.time,
        name: 'my work',
        summary: 'what we did',
      },
    ])
  })

  test('[CO13] what a client would choke on is left out of the list, and the rest is there', async () => {
    await using world = await DoorWorld.open()
    const bad = [
      { flavor: 'qwen' },
      { flavor: 'new' },
      { flavor: 'dsh' },
      { path: '' },
      { claudeSessionId: 7 },
    ]
    for (const metadata of bad) await world.session({ ...HERE, ...metadata })
    const strange = await world.session({ ...HERE, name: 7, summary: { text: 7 } })
    const rows = await resumable(world)
    expect(rows.map((row) => row.sessionId)).toEqual([strange])
    expect(rows[0]).not.toHaveProperty('name')
    expect(rows[0]).not.toHaveProperty('summary')
  })

  test('[SE2] only sessions of this machine and of this namespace are in it', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session(HERE)
    await world.session({ machineId: 'm2' })
    await world.session({})
    await world.session(HERE, {}, `${ROOT_TOKEN}:b`)
    expect((await resumable(world)).map((row) => row.sessionId)).toEqual([id])
    expect(await resumable(world, 'm1', `${ROOT_TOKEN}:c`)).toEqual([])
    expect(await resumable(world, 'nobody')).toEqual([])
  })

  test('[CO1] whatever changed last comes first, over many pages', async () => {
    await using world = await DoorWorld.open()
    const ids: string[] = []
    for (let count = 0; count < 600; count += 1) {
      world.time += 1
      ids.push(await world.session(count % 3 === 0 ? HERE : { machineId: 'm2' }))
    }
    world.time += 1
    const oldest = ids[0] ?? ''
    await world.store.patchSessionMetadata({
      namespace: 'default',
      session: oldest,
      actor: { door: 'http' },
      patch: { name: 'touched' },
    })
    const here = ids.filter((_, at) => at % 3 === 0 && at > 0).toReversed()
    expect((await resumable(world)).map((row) => row.sessionId)).toEqual([oldest, ...here])
  })
})

describe('the target of one session', () => {
  test('[CO1] is the same as in the list', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session(HERE)
    const answer = await world.ask({ path: `/cli/sessions/${id}/resume-target` })
    resumeTargetAnswer.parse(answer.body)
    const [row] = await resumable(world)
    expect(row).toEqual({ ...(answer.body['target'] as object), updatedAt: world.time })
  })

  test('[WI7] where there is none, an error says why', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session({ flavor: 'dsh' })
    const answer = await world.ask({ path: `/cli/sessions/${id}/resume-target` })
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'resume_unavailable',
        error: 'DeepSeek Harness keeps no conversation that could be resumed.',
      },
    })
  })
})
