import type { SessionFacts } from '@holdfast/shared/protocol/watch/facts'
import { describe, expect, test } from 'vitest'
import { until } from '../socket/contract/test-client.ts'
import {
  claimed,
  claimOf,
  completed,
  implicit,
  lapsed,
  proven,
  rejected,
  reported,
  RESUMABLE,
  resumeBegun,
  runIdOf,
  tokenReport,
} from '../store/contract/test-runs.ts'
import { ACTOR, born, NAMESPACE, read } from '../store/contract/test-store.ts'
import type { SessionKey, Store } from '../store/store.ts'
import type { Told, WatchClient } from './contract/watch-client.ts'
import { openWatchWorld, type WatchWorld } from './contract/watch-world.ts'

const TOKEN = 'the-token-of-claude'
const RUN = runIdOf(1)
const HOLDER = { id: 'dispatcher', boot: 1 }
const OTHER: SessionKey = { namespace: NAMESPACE, session: 'other' }
const PRESENT = { state: 'present', because: null } as const
const ofToken = (key: SessionKey) => ({ ...key, flavor: 'claude', token: TOKEN })

async function watching(all: WatchWorld): Promise<WatchClient> {
  const watcher = all.watcher()
  await watcher.watch()
  return watcher
}

/** What it was told last of whether a session can be resumed. */
function outlookTold(
  watcher: WatchClient,
  { session }: SessionKey,
): Pick<SessionFacts, 'evidence' | 'verdict'> {
  const told = watcher.facts.flat().findLast(({ sid, verdict }) => sid === session && verdict !== undefined)
  return { evidence: told?.evidence, verdict: told?.verdict }
}

/** A session of which nothing speaks against a resume. */
const resumable = (store: Store): Promise<SessionKey> => proven(store, 'a', TOKEN)

async function running(store: Store): Promise<SessionKey> {
  const key = await resumable(store)
  await claimed(store, 'a', { runId: RUN, holder: HOLDER })
  return key
}

async function implicitlyRunning(store: Store): Promise<SessionKey> {
  const key = await resumable(store)
  await implicit(store, key)
  return key
}

async function resuming(store: Store): Promise<SessionKey> {
  const key = await resumable(store)
  await resumeBegun(store, key, RUN)
  return key
}

async function quarantined(store: Store): Promise<SessionKey> {
  const key = await running(store)
  await rejected(store, RUN, TOKEN)
  await completed(store, RUN)
  return key
}

/** Two sessions have the token; the first of them. */
async function sharing(store: Store): Promise<SessionKey> {
  const key = await resumable(store)
  await bornBeside(store)
  return key
}

function bornBeside(store: Store): Promise<SessionKey> {
  return born(store, { ...RESUMABLE, claudeSessionId: TOKEN }, { tag: 'other', id: OTHER.session })
}

interface Cause {
  readonly before: (store: Store) => Promise<SessionKey>
  readonly happens: (store: Store, key: SessionKey) => Promise<unknown>
}

/** Everything that changes what lists say of a session without a change of its metadata. */
const CAUSES: Readonly<Record<string, Cause>> = {
  'the transcript is gone': {
    before: resumable,
    happens: (store, key) =>
      store.noteEvidence({ ...ofToken(key), transcript: { state: 'absent', because: null } }),
  },
  'the directory is gone': {
    before: resumable,
    happens: (store, key) => store.noteEvidence({ ...ofToken(key), directory: 'absent' }),
  },
  'the transcript of a token in quarantine is there': {
    before: quarantined,
    happens: (store, key) => store.noteEvidence({ ...ofToken(key), transcript: PRESENT }),
  },
  'a person puts a token in quarantine back': {
    before: quarantined,
    happens: (store, key) => store.putBackToken({ ...key, actor: ACTOR, flavor: 'claude', value: TOKEN }),
  },
  'a person says that it belongs to another runtime': {
    before: resumable,
    happens: (store, key) => {
      const place = { machineId: 'm1', runtimeId: 'r9', reason: 'found it there' }
      return store.rebindToken({ ...ofToken(key), actor: ACTOR, ...place })
    },
  },
  'a run is claimed': { before: resumable, happens: (store) => claimed(store, 'a') },
  'a run is registered': {
    before: resumable,
    happens: (store) => store.registerRun({ ...claimOf('a'), runId: RUN }),
  },
  'a client that knows no runs is alive': { before: resumable, happens: implicit },
  'a run ends well': { before: running, happens: (store) => completed(store, RUN) },
  'a run fails': { before: running, happens: (store) => completed(store, RUN, { outcome: 'failed' }) },
  'a lease is over': { before: running, happens: (store) => lapsed(store, RUN) },
  'a client that knows no runs ends': {
    before: implicitlyRunning,
    happens: async (store, { session }) => {
      const { items } = await store.liveRuns({ limit: 10 })
      const runs = items.flatMap(({ namespace, run }) =>
        run.session === session ? [{ namespace, run: run.id }] : [],
      )
      return store.endRuns({ runs, outcome: 'success', endedBy: 'client' })
    },
  },
  'its holder does not name a run': {
    before: running,
    happens: (store) => store.endHolderRuns({ namespace: NAMESPACE, holder: HOLDER, runs: [] }),
  },
  'a claim comes from a newer boot of its holder': {
    before: running,
    happens: (store) => claimed(store, 'another', { holder: { ...HOLDER, boot: 2 } }),
  },
  'a run is heard of again': {
    before: async (store) => {
      const key = await running(store)
      await lapsed(store, RUN)
      return key
    },
    happens: (store) => store.reviveRun({ namespace: NAMESPACE, run: RUN, actor: ACTOR }),
  },
  'a resume is begun': { before: resumable, happens: (store, key) => resumeBegun(store, key, RUN) },
  'a resume is given up': {
    before: resuming,
    happens: (store) =>
      store.giveUpResume({ namespace: NAMESPACE, run: RUN, actor: ACTOR, reason: 'no answer' }),
  },
  'a resume loads another conversation': {
    before: resuming,
    happens: (store) => store.reportToken(tokenReport(RUN, 'another-token', { state: 'confirmed' })),
  },
  'another session gets its token': { before: resumable, happens: bornBeside },
  'another session gives its token up': {
    before: sharing,
    happens: (store) => store.clearResumeToken({ ...OTHER, actor: ACTOR, flavor: 'claude' }),
  },
  'a run is in its conversation by way of another session': {
    before: async (store) => {
      const key = await sharing(store)
      await claimed(store, 'other', { runId: RUN })
      return key
    },
    happens: (store) => reported(store, RUN, TOKEN),
  },
  'a run in its conversation, by way of another session, fails': {
    before: async (store) => {
      const key = await sharing(store)
      await claimed(store, 'other', { runId: RUN })
      await reported(store, RUN, TOKEN)
      return key
    },
    happens: (store) => completed(store, RUN, { outcome: 'failed' }),
  },
}

describe('what a watcher knows of a resume', () => {
  test.each(Object.entries(CAUSES))(
    '[WI6] %s: it is told the new verdict',
    async (_, { before, happens }) => {
      await using all = await openWatchWorld()
      const { store } = all.world
      const key = await before(store)
      const was = await read(store, key)
      const watcher = await watching(all)
      await happens(store, key)
      const { verdict, metadataVersion } = await read(store, key)
      expect(verdict).not.toEqual(was.verdict)
      expect(metadataVersion).toBe(was.metadataVersion)
      await until('it is told', () => outlookTold(watcher, key).verdict !== undefined)
      await watcher.ask('watch', {})
      expect(outlookTold(watcher, key).verdict).toEqual(verdict)
    },
  )

  test('[WI6] a look is told with what was seen, when, and the beginning of the token', async () => {
    await using all = await openWatchWorld()
    const { store, clock } = all.world
    const key = await resumable(store)
    const watcher = await watching(all)
    clock.move(1000)
    const transcript = { state: 'unknown', because: 'config_dir_unusable' } as const
    await store.noteEvidence({ ...ofToken(key), transcript })
    await until('it is told', () => outlookTold(watcher, key).evidence !== undefined)
    expect(outlookTold(watcher, key)).toEqual({
      evidence: {
        token: {
          flavor: 'claude',
          value: 'the-toke…',
          proof: 'confirmed',
          transcript: { ...transcript, at: clock.time },
        },
        directory: { state: 'present', at: clock.time - 1000 },
      },
      verdict: (await read(store, key)).verdict,
    })
    expect(JSON.stringify(watcher.messages)).not.toContain('the-token')
  })

  test('[WI6] [RV8] that its agent does not know the token is told while the run goes on', async () => {
    await using all = await openWatchWorld()
    const { store } = all.world
    const key = await running(store)
    const watcher = await watching(all)
    await rejected(store, RUN, TOKEN)
    await until('it is told', () => outlookTold(watcher, key).evidence?.token?.proof === 'quarantined')
    expect(outlookTold(watcher, key).verdict).toEqual({ class: 'running', reason: 'run_in_progress' })
  })

  test('[WI6] of a new token nothing was seen, whatever was seen of the one before', async () => {
    await using all = await openWatchWorld()
    const { store } = all.world
    const key = await resumable(store)
    const watcher = await watching(all)
    await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: { claudeSessionId: 'another-token' } })
    await until('it is told', () => outlookTold(watcher, key).evidence !== undefined)
    const transcript = { state: 'unknown', at: null, because: null }
    const token = { flavor: 'claude', value: 'another-…', proof: 'provisional', transcript }
    expect(outlookTold(watcher, key).evidence?.token).toEqual(token)
    await store.clearResumeToken({ ...key, actor: ACTOR, flavor: 'claude' })
    await until('it is told', () => outlookTold(watcher, key).evidence?.token === null)
    expect(outlookTold(watcher, key).verdict).toEqual({ class: 'lost', reason: 'token_cleared' })
  })

  test('[FE2] [WI6] one that is slow is told the newest, although other facts came after it', async () => {
    await using all = await openWatchWorld()
    const { store, presence } = all.world
    const key = await resumable(store)
    const held: (() => void)[] = []
    const way = (told: Told, take: (told: Told) => void): void => void held.push(() => take(told))
    const watcher = all.watcher({ way })
    await watcher.watch({})
    presence.sessionAlive(key, 'c', { thinking: false })
    await until('the first come', () => held.length === 1)
    await store.noteEvidence({ ...ofToken(key), directory: 'absent' })
    await watcher.ask('watch', {})
    await store.noteEvidence({ ...ofToken(key), directory: 'present' })
    await watcher.ask('watch', {})
    presence.sessionAlive(key, 'c', { thinking: true })
    await watcher.ask('watch', {})
    held.shift()?.()
    await until('the next come', () => held.length === 1)
    held.shift()?.()
    await until('it has them', () => watcher.facts.length === 2)
    expect(watcher.facts[1]).toMatchObject([
      {
        sid: key.session,
        liveness: { thinking: true },
        evidence: { directory: { state: 'present' } },
        verdict: { class: 'resumable' },
      },
    ])
  })

  test('[WI6] [SE2] nobody is told of another namespace', async () => {
    await using all = await openWatchWorld()
    const { store } = all.world
    const metadata = { ...RESUMABLE, claudeSessionId: TOKEN }
    const mine = await born(store, metadata)
    const watcher = await watching(all)
    await born(store, metadata, { namespace: 'other', id: 'theirs' })
    await store.noteEvidence({ ...ofToken(mine), transcript: PRESENT })
    await until('it is told', () => outlookTold(watcher, mine).evidence !== undefined)
    expect(new Set(watcher.facts.flat().map(({ sid }) => sid))).toEqual(new Set([mine.session]))
  })
})

describe('contention', () => {
  test.each(['update-metadata', 'patch-metadata'] as const)(
    '[WI6] [ME13] [RU7] that comes of an %s is told at once, of both runs',
    async (event) => {
      await using all = await openWatchWorld()
      const { world } = all
      const place = { path: '/work', host: 'h', flavor: 'claude', machineId: 'm1' }
      const held = await world.born(place, { tag: 'a' })
      await world.runs.claim(claimOf('a', { runId: RUN }))
      await world.runs.token({ ...tokenReport(RUN, TOKEN) })
      const key = await world.born(place)
      const client = await world.connect({ sessionId: key.session })
      client.tell('session-alive', { sid: key.session, time: 1, thinking: false })
      await until('it has a run', () => world.runs.live.counts.implicit === 1)
      const watcher = await watching(all)
      const isTold = ({ session }: SessionKey): boolean =>
        watcher.facts.flat().some(({ sid, run }) => sid === session && run?.contended === true)
      await until('the runs are told', () => watcher.facts.length > 0)
      expect([isTold(held), isTold(key)]).toEqual([false, false])
      const change = { claudeSessionId: TOKEN }
      await client.ask(
        event,
        event === 'patch-metadata'
          ? { sid: key.session, patch: change }
          : { sid: key.session, expectedVersion: 1, metadata: { ...place, ...change } },
      )
      await until('both are told', () => isTold(held) && isTold(key))
      expect(world.runs.live.inSession(held)).toMatchObject([{ id: RUN, contended: true, token: TOKEN }])
    },
  )
})
