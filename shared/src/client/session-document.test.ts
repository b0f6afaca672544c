import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import type { JsonObject } from '../metadata/json.ts'
import type { SessionPatched } from '../protocol/down/session-patched.ts'
import { patchChanges } from './patch-changes.ts'
import { SessionDocument, type Confirmed } from './session-document.ts'

const BASE: Confirmed = { version: 3, metadata: { title: 'three' } }

function told(version: number, set: JsonObject, removed: readonly string[] = []): SessionPatched {
  return { sid: 's', version, set, removed: [...removed], seq: version, at: 1 }
}

function own(document: SessionDocument, version: number, patch: JsonObject): void {
  document.acked(version, Object.keys(patch), (fields) => patchChanges(fields, patch))
}

describe('a session as it is known here', () => {
  test('[WI4] the next version is applied: whole values, and what went', () => {
    const document = new SessionDocument({
      version: 3,
      metadata: { title: 'three', gone: 1, deep: { a: 1 } },
    })
    document.told(told(4, { deep: { b: 2 } }, ['gone']))
    expect(document.confirmed).toEqual({ version: 4, metadata: { title: 'three', deep: { b: 2 } } })
    expect(document.isBehind).toBe(false)
  })

  test('[WI4] an older version and the same version change nothing', () => {
    const document = new SessionDocument(BASE)
    for (const version of [1, 2, 3]) document.told(told(version, { title: 'old' }))
    expect(document.confirmed).toEqual(BASE)
    expect(document.isBehind).toBe(false)
  })

  test('[WI4] a version beyond the next is not applied, and says that something is missing', () => {
    const document = new SessionDocument(BASE)
    document.told(told(5, { title: 'five' }))
    expect(document.confirmed).toEqual(BASE)
    expect(Object.fromEntries(document.fieldsWithOwn())).toEqual(BASE.metadata)
    expect(document.isBehind).toBe(true)
  })

  test('[WI4] what arrives in any order, and more than once, is applied in the order of versions', () => {
    const versions = fc.shuffledSubarray([4, 5, 6, 7, 8, 9], { minLength: 6 })
    const again = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 })
    fc.assert(
      fc.property(versions, again, (order, repeated) => {
        const document = new SessionDocument(BASE)
        for (const version of [...order, ...repeated])
          document.told(told(version, { title: `t${version}`, [`f${version}`]: version }))
        const fields = [4, 5, 6, 7, 8, 9].map((version): [string, number] => [`f${version}`, version])
        expect(document.confirmed).toEqual({
          version: 9,
          metadata: { title: 't9', ...Object.fromEntries(fields) },
        })
        expect(document.isBehind).toBe(false)
      }),
    )
  })

  test('[VE8] an ack stands for the event that its maker is not sent', () => {
    const document = new SessionDocument(BASE)
    own(document, 4, { title: 'mine' })
    expect(document.confirmed).toEqual({ version: 4, metadata: { title: 'mine' } })
  })

  test('[VE8] an ack before the events of older versions waits for them, and is shown meanwhile', () => {
    const document = new SessionDocument(BASE)
    own(document, 5, { mine: 1 })
    expect(document.confirmed).toEqual(BASE)
    expect(Object.fromEntries(document.fieldsWithOwn())).toEqual({ title: 'three', mine: 1 })
    document.told(told(4, { title: 'theirs' }))
    expect(document.confirmed).toEqual({ version: 5, metadata: { title: 'theirs', mine: 1 } })
  })

  test('[VE8] where the hub changed other fields than this program would, nothing is guessed', () => {
    const document = new SessionDocument(BASE)
    document.acked(4, ['title', 'other'], (fields) => patchChanges(fields, { title: 'four' }))
    expect(document.confirmed).toEqual(BASE)
    expect(document.isBehind).toBe(true)
  })

  test('[CL8] a version whose value is not known is heard of, not taken', () => {
    const document = new SessionDocument(BASE)
    document.heardOf(7)
    expect(document.confirmed).toEqual(BASE)
    expect(document.isBehind).toBe(true)
    document.told(told(8, { title: 'eight' }))
    expect(document.confirmed).toEqual(BASE)
  })

  test('[WI4] a read brings everything, and what came after it follows', () => {
    const document = new SessionDocument(BASE)
    document.told(told(7, { title: 'seven' }))
    document.told(told(9, { title: 'nine' }))
    const mark = document.beginRead()
    expect(document.adopt({ version: 9, metadata: { title: 'nine' } }, mark)).toBe('adopted')
    document.told(told(10, { extra: true }))
    expect(document.confirmed).toEqual({ version: 10, metadata: { title: 'nine', extra: true } })
    expect(document.isBehind).toBe(false)
  })

  test('[WI4] a whole value that is told is taken when its version is higher, with what follows it', () => {
    const document = new SessionDocument(BASE)
    document.told(told(8, { eight: true }))
    for (const version of [2, 3]) document.toldWhole({ version, metadata: { title: 'old' } })
    expect(document.confirmed).toEqual(BASE)
    document.toldWhole({ version: 7, metadata: { title: 'seven' } })
    expect(document.confirmed).toEqual({ version: 8, metadata: { title: 'seven', eight: true } })
    expect(document.isBehind).toBe(false)
  })

  test('[WI4] a read that was overtaken by events changes nothing', () => {
    const document = new SessionDocument(BASE)
    const mark = document.beginRead()
    document.told(told(4, { title: 'four' }))
    expect(document.adopt(BASE, mark)).toBe('stale')
    expect(document.confirmed?.version).toBe(4)
  })

  test('[WI4] a doubt is settled only by a read that began after it', () => {
    const document = new SessionDocument(BASE)
    const early = document.beginRead()
    document.doubt()
    document.adopt(BASE, early)
    expect(document.isBehind).toBe(true)
    document.adopt(BASE, document.beginRead())
    expect(document.isBehind).toBe(false)
  })

  test('[WI4] a hub that is behind what it had said is believed, and asked once more', () => {
    const document = new SessionDocument({ version: 9, metadata: { title: 'nine' } })
    expect(document.adopt(BASE, document.beginRead())).toBe('rewound')
    expect(document.confirmed).toEqual(BASE)
    expect(document.isBehind).toBe(true)
    document.adopt(BASE, document.beginRead())
    expect(document.isBehind).toBe(false)
    document.told(told(4, { title: 'four' }))
    expect(document.confirmed?.version).toBe(4)
  })

  test('[WI4] changes that wait for others are bounded, and none of them is forgotten to be missing', () => {
    const document = new SessionDocument(BASE)
    for (let version = 5; version < 1000; version++) document.told(told(version, { at: version }))
    document.told(told(4, { at: 4 }))
    const reached = document.confirmed?.version ?? 0
    expect(document.confirmed?.metadata).toEqual({ title: 'three', at: reached })
    expect(reached).toBeLessThan(999)
    expect(document.isBehind).toBe(true)
  })

  test('what is shown can not be changed by whoever looks at it', () => {
    const document = new SessionDocument({ version: 1, metadata: { deep: { list: [1] } } })
    document.told(told(2, { more: { deep: [2] } }))
    own(document, 3, { deep: { mine: {} } })
    const { metadata } = document.confirmed ?? BASE
    const within = metadata['deep'] as JsonObject
    for (const value of [metadata, within, within['list'], within['mine'], metadata['more']])
      expect(Object.isFrozen(value)).toBe(true)
  })

  test('a field with the name of what every object has is a field like any other', () => {
    const document = new SessionDocument(BASE)
    const set = JSON.parse('{"__proto__":{"polluted":true},"toString":"text"}') as JsonObject
    document.told(told(4, set))
    expect(Object.keys(document.confirmed?.metadata ?? {})).toEqual(['title', '__proto__', 'toString'])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    own(document, 5, { toString: 'other' })
    expect(document.confirmed?.metadata['toString']).toBe('other')
  })
})
