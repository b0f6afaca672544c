import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DoorWorld, type Answered } from '../http/contract/door-world.ts'
import { changed } from '../socket/contract/changed-store.ts'
import { until } from '../socket/contract/test-client.ts'
import { FullDisk } from '../store/sqlite/contract/full-disk.ts'
import { Workshop } from '../store/sqlite/contract/workshop.ts'
import { openFile } from '../store/sqlite/open.ts'
import { SqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import {
  doorWithRunner,
  THE_TOKEN,
  type DoorWithRunner,
  type RunnerAnswers,
} from './contract/door-with-runner.ts'
import { PENDING_MS } from './run-desk.ts'

let workshop: Workshop
let world: DoorWorld
let disk: FullDisk
/** Called right before the store is asked to note where an agent will run. */
let beforeMove: () => unknown

beforeEach(async () => {
  workshop = new Workshop()
  const opened = await openFile(workshop.database, { now: Date.now })
  disk = new FullDisk(opened.driver)
  const store = new SqliteStore({ ...opened, driver: disk }, { now: Date.now, newId: randomUUID })
  workshop.closing(store)
  beforeMove = () => undefined
  const moveResume: Store['moveResume'] = (request) => {
    beforeMove()
    return store.moveResume(request)
  }
  world = workshop.closing(await DoorWorld.open({ store: () => changed(store, { moveResume }) }))
})

afterEach(() => workshop.remove())

const FULL = { status: 507, body: { code: 'storage_full' } }

interface Asked extends DoorWithRunner {
  /** What the session is before anybody resumes it. */
  readonly before: unknown
  readonly resume: () => Promise<Answered>
}

async function archived(more: Partial<RunnerAnswers> = {}): Promise<Asked> {
  const door = await doorWithRunner(world, more)
  const path = `/api/sessions/${door.session}/archive`
  await world.ask({ method: 'POST', path, body: { reason: 'put away' } })
  const before = await standing(door)
  expect(before).toMatchObject({ metadata: { archiveReason: 'put away', claudeSessionId: THE_TOKEN } })
  return { ...door, before, resume: () => world.ask({ method: 'POST', path: door.path, body: {} }) }
}

async function standing({ session }: { readonly session: string }): Promise<unknown> {
  const { body } = await world.ask({ path: `/api/sessions/${session}` })
  const { metadata, metadataVersion } = body['session'] as Record<string, unknown>
  return { metadata, metadataVersion }
}

/** The state of its newest run, and why it ended. */
async function newestRun({ session }: { readonly session: string }): Promise<unknown> {
  const { body } = await world.ask({ path: `/api/sessions/${session}/runs` })
  const { state, reason } = (body['runs'] as Record<string, unknown>[])[0] ?? {}
  return { state, reason }
}

/** The state of its live run, as the hub knows it. */
const newestLive = ({ session }: { readonly session: string }): string | undefined =>
  world.desk.live.inSession({ namespace: 'default', session })[0]?.state

/** What the log says where a runner's acceptance could not be written. */
const acceptanceIsUnstored = (): boolean =>
  world.lines.some(({ what }) => what.includes('could not be stored'))

/** What the hub does once a second. */
const swept = (): Promise<unknown> => world.desk.sweep().catch((error: unknown) => error)

/** Resumes it, and has its agent confirm. */
async function resumedAtOnce(asked: Asked): Promise<void> {
  const count = asked.started.length
  const answer = asked.resume()
  await Promise.race([until('it is started', () => asked.started.length > count), answer])
  await asked.confirm(asked.started[count] ?? '')
  expect(await answer).toMatchObject({ status: 200, body: { sessionId: asked.session } })
}

describe('on a full disk, a resume', () => {
  test('[OP5] [RI1] that is not confirmed in its two minutes is answered then, and given up as soon as there is room', async () => {
    const asked = await archived()
    let isAnswered = false
    const answer = asked.resume().finally(() => (isAnswered = true))
    await until('the runner has accepted', () => newestLive(asked) === 'starting')
    disk.isFull = true
    world.time += PENDING_MS
    expect(await swept()).toMatchObject({ code: 'storage_full' })
    await until('whoever waits is answered', () => isAnswered)
    expect(await answer).toMatchObject({ status: 409, body: { code: 'resume_failed' } })
    expect(await newestRun(asked)).toMatchObject({ state: 'starting' })
    expect([await standing(asked), asked.stopped]).toEqual([asked.before, []])
    disk.isFull = false
    await swept()
    expect(await newestRun(asked)).toMatchObject({ state: 'failed' })
    await until('the runner is told', () => asked.stopped.length === 1)
    expect(await asked.confirm(asked.started[0] ?? '')).toMatchObject({ status: 410 })
    expect(await standing(asked)).toEqual(asked.before)
  })

  test('[OP5] [RI1] whose two minutes are over is not confirmed any more, also where nobody could give it up', async () => {
    const asked = await archived()
    const answer = asked.resume()
    await until('it is started', () => asked.started.length === 1)
    disk.isFull = true
    world.time += PENDING_MS
    await swept()
    await answer
    expect(await asked.confirm(asked.started[0] ?? '')).toMatchObject(FULL)
    disk.isFull = false
    expect(await asked.confirm(asked.started[0] ?? '')).toMatchObject({ status: 410 })
    expect(await standing(asked)).toEqual(asked.before)
  })

  test('[OP5] [RI1] whose runner accepts goes on: the agent’s own word counts', async () => {
    const asked = await archived({
      'start-run': () => {
        disk.isFull = true
        return { type: 'accepted' }
      },
    })
    let isAnswered = false
    const answer = asked.resume().finally(() => (isAnswered = true))
    await until('its acceptance is not stored', () => acceptanceIsUnstored() || isAnswered)
    expect(await asked.confirm(asked.started[0] ?? '')).toMatchObject(FULL)
    expect([isAnswered, await standing(asked)]).toEqual([false, asked.before])
    disk.isFull = false
    expect(await asked.confirm(asked.started[0] ?? '')).toMatchObject({ status: 200 })
    expect(await answer).toMatchObject({ status: 200, body: { sessionId: asked.session } })
    expect(await newestRun(asked)).toMatchObject({ state: 'running' })
  })

  test('[OP5] [RI5] whose runner refuses keeps nobody waiting once there is room, and why it failed is on record', async () => {
    let isRefusing = true
    const asked = await archived({
      'start-run': () => {
        disk.isFull = isRefusing
        return isRefusing ? { type: 'refused', message: 'Ten agents run already.' } : { type: 'accepted' }
      },
    })
    expect(await asked.resume()).toMatchObject(FULL)
    expect(await standing(asked)).toEqual(asked.before)
    disk.isFull = false
    await swept()
    expect(await newestRun(asked)).toEqual({ state: 'withdrawn', reason: 'Ten agents run already.' })
    await until('the runner is told', () => asked.stopped.length === 1)
    expect(await standing(asked)).toEqual(asked.before)
    isRefusing = false
    await resumedAtOnce(asked)
  })

  test('[OP5] [RI5] that starts nothing since it can not be stored where it runs keeps nobody waiting once there is room', async () => {
    let isFilling = true
    const asked = await archived({
      'look-for-conversation': {
        transcript: { state: 'present' },
        directory: { state: 'present' },
        runtimeId: 'another',
      },
    })
    const body = { acceptRisk: ['runtime'] }
    beforeMove = () => (disk.isFull = isFilling)
    expect(await world.ask({ method: 'POST', path: asked.path, body })).toMatchObject(FULL)
    expect([asked.started, await standing(asked)]).toEqual([[], asked.before])
    isFilling = false
    disk.isFull = false
    const answer = world.ask({ method: 'POST', path: asked.path, body })
    await Promise.race([until('it is started', () => asked.started.length === 1), answer])
    expect(await asked.confirm(asked.started[0] ?? '')).toMatchObject({ status: 200 })
    expect(await answer).toMatchObject({ status: 200 })
  })

  test('[OP5] that can not take the lease is refused, asks no machine, and is taken up once there is room', async () => {
    const asked = await archived()
    disk.isFull = true
    expect(await asked.resume()).toMatchObject(FULL)
    expect([asked.started, await standing(asked)]).toEqual([[], asked.before])
    disk.isFull = false
    await resumedAtOnce(asked)
  })
})
