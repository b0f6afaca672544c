import type { JsonObject } from '@holdfast/shared/metadata/json'
import { describe, expect, test } from 'vitest'
import { PatchBook } from './patch-book.ts'

function told(version: number, set: JsonObject, removed: string[] = []) {
  return { seq: version, sid: 's', version, set, removed, actor: { door: 'hub' } as const, at: 0 }
}

function book(work: (book: PatchBook) => void) {
  const found: string[] = []
  const made = new PatchBook((kind) => found.push(kind))
  made.written({ session: 's', version: 1, patch: { a: 1, b: 1 }, changed: ['a', 'b'] })
  made.written({ session: 's', version: 2, patch: { a: null, c: null, d: 2 }, changed: ['d', 'a'] })
  work(made)
  made.check()
  return { found, made }
}

describe('what watchers were told of what was written', () => {
  test('[VE8] is right where it is what the ack says has changed', () => {
    const { found, made } = book((all) => {
      all.told(told(1, { b: 1, a: 1 }))
      all.told(told(1, { a: 1, b: 1 }))
      all.told(told(2, { d: 2 }, ['a']))
    })
    expect(found).toEqual([])
    expect([made.writes, made.toldVersions]).toEqual([2, 2])
    expect(made.documentOf('s')).toEqual({ version: 2, metadata: { b: 1, d: 2 } })
  })

  test('[VE8] another value, another field and a version of nobody are found', () => {
    expect(book((all) => all.told(told(2, { d: 3 }, ['a']))).found).toEqual(['shown'])
    expect(book((all) => all.told(told(2, { d: 2 }, ['a', 'c']))).found).toEqual(['shown'])
    expect(book((all) => all.told(told(3, {}))).found).toEqual(['shown'])
  })

  test('[VE8] two that were told one version differently are found', () => {
    const { found } = book((all) => {
      all.told(told(1, { a: 1, b: 1 }))
      all.told(told(1, { a: 1, b: 2 }))
    })
    expect(found).toEqual(['shown'])
  })

  test('[VE1] one version that was acked twice is found', () => {
    const { found } = book((all) => all.written({ session: 's', version: 2, patch: {}, changed: [] }))
    expect(found).toEqual(['duplicate'])
  })
})
