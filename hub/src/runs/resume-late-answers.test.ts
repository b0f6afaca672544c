import { describe, expect, test } from 'vitest'
import { DoorWorld } from '../http/contract/door-world.ts'
import { until } from '../socket/contract/test-client.ts'
import { doorWithRunner } from './contract/door-with-runner.ts'

/** What the wire says of an answer that did not come in its time. */
const late = (): never => {
  throw new Error('operation has timed out')
}

describe('a runner that answers late', () => {
  test('[RI1] is given 5 seconds to look, 15 to start, and 15 to stop', async () => {
    await using world = await DoorWorld.open()
    const refused = { 'start-run': { type: 'refused', message: 'no' } }
    const { path, stopped, waits } = await doorWithRunner(world, refused)
    await world.ask({ method: 'POST', path, body: {} })
    await until('it is told to stop', () => stopped.length === 1)
    expect(waits).toEqual({ 'look-for-conversation': 5000, 'start-run': 15_000, 'stop-run': 15_000 })
  })

  test('[RI1] to a start: its agent may run, and the word of that counts', async () => {
    await using world = await DoorWorld.open()
    const { path, session, started, stopped, confirm } = await doorWithRunner(world, { 'start-run': late })
    const answer = world.ask({ method: 'POST', path, body: {} })
    await until('it is asked', () => started.length === 1)
    expect(await confirm(started[0] ?? '')).toMatchObject({ status: 200 })
    expect(await answer).toMatchObject({ status: 200, body: { sessionId: session, runId: started[0] } })
    expect(stopped).toEqual([])
  })

  test('[RI3] [RV6] to a look: what was seen once is unknown now, a person is asked, and nothing is started', async () => {
    await using world = await DoorWorld.open()
    const { path, started, stopped } = await doorWithRunner(world, { 'look-for-conversation': late })
    const answer = await world.ask({ method: 'POST', path, body: {} })
    expect(answer).toMatchObject({ status: 409, body: { code: 'confirmation_required' } })
    const checks = answer.body['checks'] as { id: string; reason: string }[]
    expect(checks.map(({ id, reason }) => [id, reason])).toEqual([
      ['transcript', 'transcript_unknown'],
      ['directory', 'directory_unknown'],
    ])
    expect([started, stopped]).toEqual([[], []])
  })

  test('[RI1] to a stop: the answer of the resume does not wait for it', async () => {
    await using world = await DoorWorld.open()
    const { path, stopped } = await doorWithRunner(world, {
      'start-run': { type: 'refused', message: 'Ten agents run already.' },
      'stop-run': late,
    })
    expect(await world.ask({ method: 'POST', path, body: {} })).toMatchObject({
      status: 409,
      body: { code: 'resume_failed', reason: 'Ten agents run already.' },
    })
    await until('it is told to stop', () => stopped.length === 1)
  })
})
