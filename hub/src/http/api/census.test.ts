import type { CensusAnswer, CensusGroup } from '@holdfast/shared/protocol/http/census'
import { VERDICT_CLASSES } from '@holdfast/shared/resume/verdict'
import { describe, expect, test } from 'vitest'
import { everyItem } from '../contract/api-lists.ts'
import { DoorWorld, ROOT_TOKEN } from '../contract/door-world.ts'
import { WorldRuns } from '../contract/world-runs.ts'

const OTHER_TOKEN = '0d4c1f7e-58aa-4b1f-8f0e-6b1d2c3e4f5a'
const NO_TOKEN = { claudeSessionId: undefined }

/** One session of every class, and a second one that is at risk. */
async function oneOfEach(world: DoorWorld): Promise<Record<string, string>> {
  const runs = new WorldRuns(world)
  const resumable = await runs.wellEnded('resumable')
  const running = (await runs.claim('running')).session
  const atRisk = await world.session({ machineId: 'm2', flavor: 'codex', codexSessionId: 'c1' })
  await world.session({ machineId: 'm2', flavor: 'codex', codexSessionId: 'c2' })
  const lost = await world.session({ claudeSessionId: OTHER_TOKEN })
  const body = { flavor: 'claude', reason: 'r' }
  await world.ask({ method: 'POST', path: `/api/sessions/${lost}/clear-token`, body })
  const none = await world.session(NO_TOKEN)
  return { resumable, running, at_risk: atRisk, lost, none }
}

async function censusOf(world: DoorWorld, query = '', token = ROOT_TOKEN): Promise<CensusAnswer> {
  const answer = await world.ask({ path: `/api/census${query}`, token })
  expect(answer.status).toBe(200)
  return answer.body as unknown as CensusAnswer
}

const EXPECTED: readonly CensusGroup[] = [
  { flavor: 'claude', machineId: null, class: 'lost', reason: 'token_cleared', count: 1 },
  { flavor: 'claude', machineId: null, class: 'none', reason: 'no_token', count: 1 },
  { flavor: 'claude', machineId: 'm1', class: 'resumable', reason: null, count: 1 },
  { flavor: 'claude', machineId: 'm1', class: 'running', reason: 'run_in_progress', count: 1 },
  { flavor: 'codex', machineId: 'm2', class: 'at_risk', reason: 'run_missing', count: 2 },
]
const NOTHING = { running: 0, resumable: 0, atRisk: 0, lost: 0, none: 0 }
const TOTALS = { running: 1, resumable: 1, atRisk: 2, lost: 1, none: 1 }

describe('the census', () => {
  test('[WI5] counts the sessions by agent, machine, class and reason, and all of them by class', async () => {
    await using world = await DoorWorld.open()
    expect(await censusOf(world)).toEqual({ totals: NOTHING, groups: [], nextCursor: null })
    await oneOfEach(world)
    const { totals, groups } = await censusOf(world)
    expect(totals).toEqual(TOTALS)
    expect(groups).toHaveLength(EXPECTED.length)
    expect(groups).toEqual(expect.arrayContaining([...EXPECTED]))
  })

  test('[WI5] in pages of any size it is the same, and every page has the totals of everything', async () => {
    await using world = await DoorWorld.open()
    await oneOfEach(world)
    const whole = await censusOf(world)
    for (const limit of [1, 2, 4, 5]) {
      const groups = await everyItem(world, '/api/census', { member: 'groups', limit })
      expect(groups).toEqual(whole.groups)
      const first = await censusOf(world, `?limit=${limit}`)
      expect([first.totals, first.groups.length]).toEqual([TOTALS, limit])
      if (first.nextCursor === null) continue
      const next = await censusOf(world, `?limit=${limit}&cursor=${encodeURIComponent(first.nextCursor)}`)
      expect(next.totals).toEqual(TOTALS)
    }
  })

  test('[WI5] [SE5] has pages whose addresses are short, however long the names are that sessions give', async () => {
    await using world = await DoorWorld.open()
    const long = ['"'.repeat(4000), '\u0001'.repeat(4000), '🦊'.repeat(1000), `${'x'.repeat(4000)}1`]
    for (const flavor of long) for (const machineId of long) await world.session({ flavor, machineId })
    await world.session({ flavor: `${'x'.repeat(4000)}2`, machineId: 'm' })
    await world.session({ flavor: `${'x'.repeat(4000)}3`, machineId: 'm' })
    const whole = await censusOf(world)
    expect(whole.groups).toHaveLength(17)
    for (let cursor = ''; ;) {
      const { nextCursor, totals } = await censusOf(world, `?limit=1${cursor}`)
      expect(totals).toEqual({ ...NOTHING, none: 18 })
      if (nextCursor === null) break
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`
      expect(cursor.length).toBeLessThan(4000)
    }
    const groups = await everyItem(world, '/api/census', { member: 'groups', limit: 1 })
    expect(groups).toEqual(whole.groups)
  })

  test('[WI5] agrees with the list, which shows the sessions of a class', async () => {
    await using world = await DoorWorld.open()
    const one = await oneOfEach(world)
    for (const name of VERDICT_CLASSES) {
      const path = `/api/sessions?verdict=${name}`
      for (const limit of [1, 100]) {
        const rows = await everyItem(world, path, { member: 'sessions', limit })
        const found = rows as { id: string; verdict: { class: string } }[]
        expect(found.map(({ id }) => id)).toContain(one[name])
        expect(found).toHaveLength(name === 'at_risk' ? 2 : 1)
        expect(new Set(found.map(({ verdict }) => verdict.class))).toEqual(new Set([name]))
      }
    }
    const both = await everyItem(world, '/api/sessions?verdict=lost&flavor=codex', {
      member: 'sessions',
      limit: 10,
    })
    expect(both).toEqual([])
  })

  test('[SE1] [SE2] is for viewers too, and counts nothing of another tenant', async () => {
    await using world = await DoorWorld.open()
    await world.session()
    await world.session({}, {}, `${ROOT_TOKEN}:b`)
    const { token } = await world.device('viewer')
    expect((await censusOf(world, '', token)).totals).toMatchObject({ atRisk: 1 })
    expect((await censusOf(world, '', `${ROOT_TOKEN}:c`)).groups).toEqual([])
  })

  test.each(['?limit=0', '?limit=1001', '?limit=abc', '?verdict=lost', '?cursor=%00'])(
    '[SE5] H91 "%s" is refused',
    async (query) => {
      await using world = await DoorWorld.open()
      const answer = await world.ask({ path: `/api/census${query}` })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    },
  )
})
