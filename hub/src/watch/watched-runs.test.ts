import type { SessionFacts } from '@holdfast/shared/protocol/watch/facts'
import { describe, expect, test } from 'vitest'
import { LEASE_MS } from '../socket/contract/socket-world.ts'
import { until } from '../socket/contract/test-client.ts'
import { answered, claimOf, PLACE, runIdOf } from '../store/contract/test-runs.ts'
import { ACTOR, NAMESPACE } from '../store/contract/test-store.ts'
import { openWatchWorld, type WatchWorld } from './contract/watch-world.ts'
import type { WatchClient } from './contract/watch-client.ts'

const RUN = runIdOf(1)
const report = { namespace: NAMESPACE, run: RUN, actor: ACTOR }

async function claimed({ world }: WatchWorld): Promise<string> {
  const { run } = answered(await world.runs.claim(claimOf('k', { runId: RUN })), 'claimed')
  return run.session
}

async function watching(all: WatchWorld): Promise<WatchClient> {
  const watcher = all.watcher()
  await watcher.watch()
  return watcher
}

/** What it was told last of a session's run; undefined where it was told nothing of the session. */
function runTold(watcher: WatchClient, session: string): SessionFacts['run'] {
  const told = watcher.facts.flat() as SessionFacts[]
  return told.findLast(({ sid }) => sid === session)?.run
}

describe('the runs that a watcher sees', () => {
  test('[WI6] [RU1] a live run is told after its request, whether or not a client is connected', async () => {
    await using all = await openWatchWorld()
    const { world } = all
    const since = world.clock.time
    const session = await claimed(all)
    const watcher = await watching(all)
    await until('it is told', () => watcher.facts.length === 1)
    expect(runTold(watcher, session)).toEqual({
      runId: RUN,
      kind: 'claimed',
      state: 'running',
      since,
      contended: false,
      machineId: PLACE.machineId,
    })
    expect(watcher.facts).toMatchObject([[{ sid: session, liveness: { active: false } }]])
  })

  test('[WI6] every change of a run is told: that it began, is contended, ended, was revived and is over', async () => {
    await using all = await openWatchWorld()
    const { world } = all
    const watcher = await watching(all)
    const session = await claimed(all)
    const told = (what: string, isSo: (run: SessionFacts['run']) => boolean): Promise<void> =>
      until(what, () => isSo(runTold(watcher, session)))
    await told('it began', (run) => run?.state === 'running')
    world.clock.move(LEASE_MS)
    await world.runs.sweep()
    await told('it ended', (run) => run === null)
    await world.runs.heartbeat(report)
    await told('it was revived', (run) => run?.runId === RUN)
    await world.runs.register({ ...claimOf('k'), runId: runIdOf(2) })
    await told('it is contended', (run) => run?.contended === true)
    await world.runs.complete({ ...report, outcome: 'success' })
    await world.runs.complete({ ...report, run: runIdOf(2), outcome: 'failed' })
    await told('it is over', (run) => run === null)
    expect(world.runs.live.counts).toMatchObject({ claimed: 0, registered: 0 })
  })

  test('[WI6] heartbeats are told to nobody', async () => {
    await using all = await openWatchWorld()
    const session = await claimed(all)
    const watcher = await watching(all)
    await until('it is told', () => runTold(watcher, session) !== undefined)
    const { length } = watcher.facts
    for (let beats = 0; beats < 5; beats += 1) await all.world.runs.heartbeat(report)
    await watcher.ask('watch', {})
    await watcher.ask('watch', {})
    expect(watcher.facts.length).toBe(length)
  })

  test('[WI6] [RV10] a token is nowhere in it', async () => {
    await using all = await openWatchWorld()
    const session = await claimed(all)
    const watcher = await watching(all)
    await all.world.runs.token({ ...report, token: 'the-token-of-claude', state: 'confirmed' })
    await until('it is told', () => watcher.facts.length > 0)
    await until('it has the change', () => JSON.stringify(watcher.messages).includes('the-toke…'))
    expect(JSON.stringify(watcher.messages)).not.toContain('the-token')
    expect(runTold(watcher, session)?.runId).toBe(RUN)
  })

  test('[WI6] [SE2] a run of another namespace is not seen', async () => {
    await using all = await openWatchWorld()
    await all.world.runs.claim(claimOf('k', { namespace: 'other' }))
    const watcher = await watching(all)
    await all.world.runs.claim(claimOf('k2', { namespace: 'other' }))
    const session = await claimed(all)
    await until('it is told', () => watcher.facts.length > 0)
    expect(new Set(watcher.facts.flat().map(({ sid }) => sid))).toEqual(new Set([session]))
  })
})
