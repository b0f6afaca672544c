import { PROTECTED_FIELDS, protectedKind } from '@holdfast/shared/agents/registry'
import { LIMITS } from '@holdfast/shared/metadata/limits'
import { describe, expect, test } from 'vitest'
import {
  ACTOR,
  born,
  everythingIn,
  expectRefused,
  journalOf,
  patched,
  read,
  TOKEN_AGENTS,
  tokenOf,
  tokensOf,
  written,
  type OpenStore,
  type TokenAgent,
} from './test-store.ts'

const UNFIT = ['', ' \t\n', 'x'.repeat(LIMITS.protectedBytes + 1), 0, false, {}, ['t'], { id: 't' }]

function holding({ tokenField, pairedField, pairs }: TokenAgent, token = 't1', paired = pairs[0]) {
  return { [tokenField]: token, ...(pairedField === null ? {} : { [pairedField]: paired }) }
}

function fieldsOf({ tokenField, pairedField }: TokenAgent): string[] {
  return pairedField === null ? [tokenField] : [tokenField, pairedField]
}

/** The rules that hold for the token of every flavor in the registry. */
export function flavorsContract(name: string, open: OpenStore): void {
  for (const agent of TOKEN_AGENTS) {
    const { flavor, tokenField, pairedField } = agent
    const [p1, p2] = agent.pairs
    const fields = fieldsOf(agent)

    describe(`${name}: the token of ${flavor}`, () => {
      test(`[ME3] ${flavor}: a replace that leaves the token out keeps it`, async () => {
        await using store = await open()
        const key = await born(store, { ...holding(agent), name: 'a' })
        const request = { ...key, actor: ACTOR, expectedVersion: 1, metadata: { name: 'b' } }
        const answer = written(await store.updateSessionMetadata(request))
        expect(answer.metadata).toEqual({ ...holding(agent), name: 'b' })
        expect(answer.changed).toEqual(['name'])
        expect(answer.kept.toSorted()).toEqual(fields.toSorted())
        expect((await read(store, key)).metadata).toEqual(answer.metadata)
      })

      test(`[ME4] ${flavor}: a patch that leaves the token out keeps it and says so`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        const answer = await patched(store, key, { name: 'b' })
        expect(answer.kept.toSorted()).toEqual(fields.toSorted())
        expect((await read(store, key)).metadata).toEqual({ ...holding(agent), name: 'b' })
      })

      test(`[ME6] ${flavor}: null in a replace is the explicit clear, journaled as one`, async () => {
        await using store = await open()
        const key = await born(store, { ...holding(agent), name: 'a' })
        const metadata = { name: 'a', [tokenField]: null }
        written(await store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 1, metadata }))
        expect((await read(store, key)).metadata).toEqual({ name: 'a' })
        const [newest] = await journalOf(store, key)
        for (const field of fields) expect(newest?.changes[field]).toMatchObject({ cause: 'clear' })
        expect(newest?.changes[tokenField]).not.toHaveProperty('after')
        expect(await tokenOf(store, key, 't1')).toMatchObject({ left: 'cleared' })
      })

      test(`[ME6] ${flavor}: null in a patch is refused and names the operation that clears`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        const before = await everythingIn(store)
        for (const field of fields) {
          const patch = { name: 'x', [field]: null }
          const answer = await store.patchSessionMetadata({ ...key, actor: ACTOR, patch })
          expectRefused(answer, 'protected_field', { field })
          expect(answer).toHaveProperty('message', expect.stringContaining('clear-resume-token'))
        }
        expect(await everythingIn(store)).toEqual(before)
      })

      test(`[ME7] ${flavor}: an unfit value never replaces the token`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        const before = await everythingIn(store)
        for (const value of UNFIT) {
          const patch = { name: 'x', [tokenField]: value }
          const refused = await store.patchSessionMetadata({ ...key, actor: ACTOR, patch })
          expectRefused(refused, 'invalid_field', { field: tokenField })
          const metadata = { [tokenField]: value }
          const request = { ...key, actor: ACTOR, expectedVersion: 1, metadata }
          const answer = written(await store.updateSessionMetadata(request))
          expect(answer).toMatchObject({ version: 1, changed: [], metadata: holding(agent) })
          expect(answer.refused).toMatchObject([{ field: tokenField, code: 'invalid_field' }])
        }
        expect(await everythingIn(store)).toEqual(before)
      })

      test(`[ME14] ${flavor}: every value that the token had stays in its history`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        await patched(store, key, { [tokenField]: 't2' })
        const metadata = holding(agent, 't3', p2)
        written(await store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 2, metadata }))
        expect(await tokensOf(store, key)).toMatchObject([
          { flavor, value: 't3', left: 'no', paired: pairedField === null ? null : p2 },
          { flavor, value: 't2', left: 'superseded', paired: null },
          { flavor, value: 't1', left: 'superseded', paired: pairedField === null ? null : p1 },
        ])
      })

      test(`[ME14] ${flavor}: clear gives up the token and its pair, put back brings both again`, async () => {
        await using store = await open()
        const key = await born(store, { ...holding(agent), name: 'a' })
        const by = { ...key, actor: ACTOR, flavor }
        const cleared = written(await store.clearResumeToken({ ...by, expectedToken: 't1' }))
        expect(cleared).toMatchObject({ version: 2, changed: fields, kept: [] })
        expect((await read(store, key)).metadata).toEqual({ name: 'a' })
        const back = written(await store.putBackToken({ ...by, value: 't1' }))
        expect(back).toMatchObject({ version: 3, changed: fields })
        expect((await read(store, key)).metadata).toEqual({ ...holding(agent), name: 'a' })
        expect(await tokenOf(store, key, 't1')).toMatchObject({ left: 'no', leftAt: null })
      })

      test(`[JO3] ${flavor}: a restore to before the token keeps it and lists it`, async () => {
        await using store = await open()
        const key = await born(store, { name: 'a' })
        await patched(store, key, { ...holding(agent), name: 'b' })
        const answer = written(await store.restoreSession({ ...key, actor: ACTOR, version: 1 }))
        expect(answer).toMatchObject({ version: 3, changed: ['name'] })
        expect(answer.kept.toSorted()).toEqual(fields.toSorted())
        expect((await read(store, key)).metadata).toEqual({ ...holding(agent), name: 'a' })
      })

      test(`[ME13] ${flavor}: two sessions may hold one token, and both are named`, async () => {
        await using store = await open()
        const metadata = { ...holding(agent), machineId: 'm1' }
        await born(store, metadata, { id: 'one' })
        const two = await born(store, { machineId: 'm1' }, { id: 'two' })
        const identity = { namespace: two.namespace, machineId: 'm1', flavor, value: 't1' }
        expect(await store.tokenHolders(identity)).toEqual(['one'])
        await patched(store, two, { [tokenField]: 't1' })
        expect((await store.tokenHolders(identity)).toSorted()).toEqual(['one', 'two'])
        expect((await read(store, { ...two, session: 'one' })).metadata).toEqual(metadata)
      })

      if (pairedField === null) return

      test(`[ME5] ${flavor}: a new token drops the old paired value`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        const answer = await patched(store, key, { [tokenField]: 't2' })
        expect(answer.changed.toSorted()).toEqual(fields.toSorted())
        expect((await read(store, key)).metadata).toEqual({ [tokenField]: 't2' })
        const [newest] = await journalOf(store, key)
        expect(newest?.changes[pairedField]).toEqual({ before: p1, beforeVersion: 1, cause: 'pair' })
        const metadata = { [tokenField]: 't3' }
        await patched(store, key, { [pairedField]: p2 })
        written(await store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 3, metadata }))
        expect((await read(store, key)).metadata).toEqual({ [tokenField]: 't3' })
      })

      test(`[ME5] ${flavor}: a write that names both sets both, the same token keeps its pair`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        await patched(store, key, holding(agent, 't2', p2))
        expect((await read(store, key)).metadata).toEqual(holding(agent, 't2', p2))
        expect(await patched(store, key, { [tokenField]: 't2' })).toMatchObject({ version: 2, changed: [] })
        await patched(store, key, { [pairedField]: p1 })
        expect(await tokenOf(store, key, 't2')).toMatchObject({ paired: p1 })
        expect((await read(store, key)).metadata).toEqual(holding(agent, 't2', p1))
      })

      test(`[ME5] ${flavor}: a token that is refused refuses its pair`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        const metadata = { [tokenField]: ' ', [pairedField]: p2 }
        const request = { ...key, actor: ACTOR, expectedVersion: 1, metadata }
        const answer = written(await store.updateSessionMetadata(request))
        expect(answer.refused.map((refused) => refused.field)).toEqual(fields)
        expect((await read(store, key)).metadata).toEqual(holding(agent))
      })

      test(`[ME5] ${flavor}: a cleared token takes a pair that the same replace names`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        const metadata = { [tokenField]: null, [pairedField]: p2 }
        written(await store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 1, metadata }))
        expect((await read(store, key)).metadata).toEqual({})
      })

      test(`[ME6] ${flavor}: null on the paired field alone in a replace clears only that`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        const metadata = { [pairedField]: null }
        written(await store.updateSessionMetadata({ ...key, actor: ACTOR, expectedVersion: 1, metadata }))
        expect((await read(store, key)).metadata).toEqual({ [tokenField]: 't1' })
        expect(await tokenOf(store, key, 't1')).toMatchObject({ left: 'no', paired: null })
      })

      test(`[ME14] ${flavor}: put back brings the pair that the token had, or none`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        await patched(store, key, { [tokenField]: 't2' })
        await patched(store, key, holding(agent, 't3', p2))
        const by = { ...key, actor: ACTOR, flavor }
        written(await store.putBackToken({ ...by, value: 't2' }))
        expect((await read(store, key)).metadata).toEqual({ [tokenField]: 't2' })
        const [newest] = await journalOf(store, key)
        expect(newest).toMatchObject({ op: 'put-back', changes: { [pairedField]: { cause: 'pair' } } })
        written(await store.putBackToken({ ...by, value: 't1' }))
        expect((await read(store, key)).metadata).toEqual(holding(agent))
      })

      test(`[JO3] ${flavor}: a restore brings token and pair back together`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        await patched(store, key, holding(agent, 't2', p2))
        for (const field of fields) {
          written(await store.restoreSession({ ...key, actor: ACTOR, version: 1, fields: [field] }))
          expect((await read(store, key)).metadata).toEqual(holding(agent))
          await patched(store, key, holding(agent, 't2', p2))
        }
      })

      test(`[JO3] ${flavor}: a pair that the restored token did not have goes`, async () => {
        await using store = await open()
        const key = await born(store, { [tokenField]: 't1' })
        await patched(store, key, holding(agent, 't2', p2))
        written(await store.restoreSession({ ...key, actor: ACTOR, version: 1, fields: [tokenField] }))
        expect((await read(store, key)).metadata).toEqual({ [tokenField]: 't1' })
      })

      test(`[VE4] ${flavor}: naming the token is in conflict with a change of its pair, and the other way`, async () => {
        await using store = await open()
        const key = await born(store, holding(agent))
        await patched(store, key, { [pairedField]: p2 })
        const stale = { ...key, actor: ACTOR, expectedVersion: 1 }
        expect(await store.patchSessionMetadata({ ...stale, patch: { [tokenField]: 't2' } })).toMatchObject({
          kind: 'version-mismatch',
          version: 2,
        })
        await patched(store, key, { [tokenField]: 't3' })
        expect(
          await store.patchSessionMetadata({ ...stale, expectedVersion: 2, patch: { [pairedField]: p1 } }),
        ).toMatchObject({ kind: 'version-mismatch', version: 3, current: { [pairedField]: null } })
        expect((await read(store, key)).metadata).toEqual({ [tokenField]: 't3' })
      })
    })
  }

  describe(`${name}: protected fields`, () => {
    test('[ME2] every one of the registry survives a replace, a patch and a restore that are silent', async () => {
      await using store = await open()
      const tokens = TOKEN_AGENTS.map((agent) => holding(agent, `token of ${agent.flavor}`))
      const held = Object.assign({ path: '/p', host: 'h', flavor: 'claude', machineId: 'm1' }, ...tokens)
      expect(Object.keys(held).toSorted()).toEqual(PROTECTED_FIELDS.toSorted())
      const key = await born(store, { name: 'a' })
      await patched(store, key, held)
      const request = { ...key, actor: ACTOR, expectedVersion: 2, metadata: {} }
      const answer = written(await store.updateSessionMetadata(request))
      expect(answer.metadata).toEqual(held)
      expect(answer.kept.toSorted()).toEqual(PROTECTED_FIELDS.toSorted())
      const silent = await patched(store, key, { other: 1 })
      expect(silent.kept.toSorted()).toEqual(PROTECTED_FIELDS.toSorted())
      const restored = written(await store.restoreSession({ ...key, actor: ACTOR, version: 1 }))
      expect(restored.kept.toSorted()).toEqual(PROTECTED_FIELDS.toSorted())
      expect((await read(store, key)).metadata).toEqual({ ...held, name: 'a' })
    })

    for (const field of PROTECTED_FIELDS) {
      test(`[ME2] ${field} takes 4 KiB and no more`, async () => {
        await using store = await open()
        const key = await born(store, { [field]: 'a' })
        const fits = '\u00e4'.repeat(LIMITS.protectedBytes / 2)
        const replace = { ...key, actor: ACTOR, expectedVersion: 1, metadata: { [field]: fits } }
        written(await store.updateSessionMetadata(replace))
        const over = { [field]: `${fits}x` }
        const patching = await store.patchSessionMetadata({ ...key, actor: ACTOR, patch: over })
        expectRefused(patching, 'invalid_field', { field })
        const replacing = { ...replace, expectedVersion: 2, metadata: over }
        expect(await store.updateSessionMetadata(replacing)).toMatchObject({
          version: 2,
          refused: [{ field, code: 'invalid_field' }],
        })
        expect((await read(store, key)).metadata).toEqual({ [field]: fits })
      })
    }

    for (const field of PROTECTED_FIELDS.filter((other) => other !== 'cursorSessionProtocol')) {
      test(`[ME2] ${field} takes 4 KiB in a patch`, async () => {
        await using store = await open()
        const key = await born(store, { [field]: 'a' })
        const fits = '\u00e4'.repeat(LIMITS.protectedBytes / 2)
        await patched(store, key, { [field]: fits })
        expect((await read(store, key)).metadata).toEqual({ [field]: fits })
      })
    }

    for (const field of PROTECTED_FIELDS.filter(
      (other) => protectedKind(other) === 'identity' || protectedKind(other) === 'routing',
    )) {
      test(`[ME6] null on ${field} counts as blank`, async () => {
        await using store = await open()
        const key = await born(store, { [field]: 'a' })
        const patch = { [field]: null }
        expectRefused(await store.patchSessionMetadata({ ...key, actor: ACTOR, patch }), 'invalid_field', {
          field,
        })
        const request = { ...key, actor: ACTOR, expectedVersion: 1, metadata: patch }
        const answer = written(await store.updateSessionMetadata(request))
        expect(answer).toMatchObject({ version: 1, refused: [{ field, code: 'invalid_field' }] })
        expect((await read(store, key)).metadata).toEqual({ [field]: 'a' })
      })
    }
  })
}
