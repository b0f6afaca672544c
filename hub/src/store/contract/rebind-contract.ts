import { describe, expect, test } from 'vitest'
import type { RebindToken } from '../run-store.ts'
import type { SessionKey } from '../store.ts'
import { began, ended, factsOf, ran, reported, tokenFactsOf } from './known-runs.ts'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  journalOf,
  mutation,
  patched,
  read,
  tokenOf,
  written,
  type OpenStore,
} from './test-store.ts'

function rebinding(key: SessionKey, more: Partial<RebindToken> = {}): RebindToken {
  const place = { machineId: 'm5', runtimeId: 'r5' }
  return { ...key, actor: ACTOR, flavor: 'claude', token: 't1', ...place, reason: 'found it there', ...more }
}

export function rebindContract(name: string, open: OpenStore): void {
  describe(`${name}: a person says where a token belongs`, () => {
    test.each([{ runtimeId: 'r'.repeat(257) }, { runtimeId: '' }])(
      '[WI5] [SE5] a runtime that no claim could name is refused',
      async (place) => {
        await using store = await open()
        const key = await born(store)
        const before = await everythingIn(store)
        expectRefused(await store.rebindToken(rebinding(key, place)), 'invalid_request')
        expect(await everythingIn(store)).toEqual(before)
        expect(written(await store.rebindToken(rebinding(key, { runtimeId: 'r'.repeat(256) }))).version).toBe(
          2,
        )
      },
    )

    test('[WI5] it becomes the session’s, of that machine and runtime, and nothing proves it', async () => {
      await using store = await open()
      const key = await ran(store, { key: 'k', runId: 'run', token: 't0', outcome: 'success' })
      const { changed, version } = written(await store.rebindToken(rebinding(key)))
      expect([...changed].toSorted()).toEqual(['claudeSessionId', 'machineId'])
      const { metadata, metadataVersion } = await read(store, key)
      expect(metadata).toMatchObject({
        flavor: 'claude',
        machineId: 'm5',
        claudeSessionId: 't1',
        path: '/srv/app',
      })
      expect(metadataVersion).toBe(version)
      expect(await tokenFactsOf(store, key)).toMatchObject({
        value: 't1',
        proof: 'provisional',
        machineId: 'm5',
        runtimeId: 'r5',
        lastRun: null,
      })
      expect((await tokenOf(store, key, 't0')).left).toBe('superseded')
      expect((await journalOf(store, key))[0]).toMatchObject({ op: 'rebind', reason: 'found it there' })
    })

    test('[ME14] a token that it had: what was seen on another machine no longer counts', async () => {
      await using store = await open()
      const key = await ran(store, { key: 'k', runId: 'run', token: 't1', outcome: 'success' })
      const transcript = { state: 'present', because: null } as const
      const look = { ...key, flavor: 'claude', token: 't1', transcript, directory: 'present' } as const
      await store.noteEvidence(look)
      await store.rebindToken(rebinding(key, { machineId: 'm1', runtimeId: 'r2' }))
      expect(await factsOf(store, key)).toMatchObject({
        directory: { state: 'present' },
        token: {
          proof: 'provisional',
          runtimeId: 'r2',
          directory: '/srv/app',
          transcript: { state: 'present' },
          lastRun: { runId: 'run' },
        },
      })
      await store.rebindToken(rebinding(key, { runtimeId: null }))
      expect(await factsOf(store, key)).toMatchObject({
        directory: { state: 'unknown' },
        token: {
          proof: 'provisional',
          machineId: 'm5',
          runtimeId: null,
          directory: null,
          transcript: { state: 'unknown', at: null },
          lastRun: null,
        },
      })
    })

    test('[ME5] its pair comes with it, and that of another token goes', async () => {
      await using store = await open()
      const old = { codexSessionId: 't1', codexSourceSessionId: 'p1' }
      const key = await born(store, { flavor: 'codex', machineId: 'm1', ...old })
      await patched(store, key, { codexSessionId: 't2', codexSourceSessionId: 'p2' })
      await store.rebindToken(rebinding(key, { flavor: 'codex', token: 't3' }))
      expect((await read(store, key)).metadata).toEqual({
        flavor: 'codex',
        machineId: 'm5',
        codexSessionId: 't3',
      })
      await store.rebindToken(rebinding(key, { flavor: 'codex', token: 't1' }))
      expect((await read(store, key)).metadata).toEqual({ flavor: 'codex', machineId: 'm5', ...old })
    })

    test('[RV8] a quarantine is lifted, also where no field changes', async () => {
      await using store = await open()
      const key = await ran(store, { key: 'k', runId: 'run', token: 't1', outcome: 'success' })
      await began(store, { key: 'k', runId: 'next' })
      await reported(store, 'next', { token: 't1' })
      const { namespace } = key
      await store.reportRejected({ namespace, actor: ACTOR, run: 'next', token: 't1', message: 'no' })
      await ended(store, 'next', 'failed')
      const { metadataVersion } = await read(store, key)
      const same = rebinding(key, { machineId: 'm1', runtimeId: 'r1' })
      expect(written(await store.rebindToken(same))).toMatchObject({ version: metadataVersion, changed: [] })
      expect((await tokenFactsOf(store, key)).proof).toBe('provisional')
    })

    test('[RU7] not while a run is in the session, or in that conversation', async () => {
      await using store = await open()
      const key = await began(store, { key: 'k', runId: 'run', machineId: 'm5' })
      await reported(store, 'run', { token: 't1' })
      const other = await born(store, { flavor: 'claude' })
      const before = await everythingIn(store)
      for (const session of [key, other]) {
        expect(await store.rebindToken(rebinding(session))).toMatchObject({
          kind: 'held',
          hold: { runId: 'run', session: key.session },
        })
      }
      expect(await everythingIn(store)).toEqual(before)
      written(await store.rebindToken(rebinding(other, { machineId: 'm6' })))
      await ended(store, 'run', 'success')
      written(await store.rebindToken(rebinding(key)))
    })

    test('[VE5] once for a mutation id, and the first answer again, also while a run is there', async () => {
      await using store = await open()
      const key = await born(store, { flavor: 'claude' }, { tag: 'k' })
      const once = rebinding(key, { mutationId: mutation('rebind') })
      const first = written(await store.rebindToken(once))
      await patched(store, key, { claudeSessionId: 't2' })
      await began(store, { key: 'k', runId: 'run' })
      expect(await store.rebindToken(once)).toEqual({ ...first, replayed: true })
      expect((await read(store, key)).metadata['claudeSessionId']).toBe('t2')
      expectRefused(await store.rebindToken({ ...once, runtimeId: 'r6' }), 'mutation_reused')
    })

    test('[WI5] refused: what can not be stored, and changes nothing', async () => {
      await using store = await open()
      const key = await born(store, { flavor: 'claude', claudeSessionId: 't0' })
      const before = await everythingIn(store)
      const wrong = async (more: Partial<RebindToken>) => store.rebindToken(rebinding(key, more))
      expectRefused(await wrong({ flavor: 'dsh' }), 'unknown_flavor')
      expectRefused(await wrong({ flavor: 'nobody' }), 'unknown_flavor')
      expectRefused(await wrong({ token: ' ' }), 'invalid_field')
      expectRefused(await wrong({ token: 'x'.repeat(5000) }), 'invalid_field')
      expectRefused(await wrong({ machineId: '' }), 'invalid_field')
      expectRefused(await wrong({ session: 'nobody' }), 'session_not_found')
      for (const half of [{ token: '\uD800' }, { machineId: '\uD800' }, { runtimeId: '\uD800' }]) {
        expect(await wrong(half)).toMatchObject({ kind: 'refused' })
      }
      expect(await everythingIn(store)).toEqual(before)
    })
  })
}
