import type { WatchedChange } from '@holdfast/shared/protocol/watch/changes'
import { describe, expect, test } from 'vitest'
import { WireOrder } from './wire-order.ts'

const EPOCH = 'epoch-1'

function change(seq: number): WatchedChange {
  return { seq, sid: 's', version: 1, set: {}, removed: [], actor: { door: 'hub' }, at: 0 }
}

function page(seqs: readonly number[], more: object = {}) {
  return { epoch: EPOCH, changes: seqs.map(change), head: 100, ...more }
}

function pruned(floor: number, head: number) {
  return { because: 'pruned', epoch: EPOCH, floor, head } as const
}

/** What is found on a connection that began after seq 4. */
function foundIn(work: (wire: WireOrder) => void): string[] {
  const found: string[] = []
  const wire = new WireOrder(4, (kind) => found.push(kind))
  wire.started(EPOCH)
  work(wire)
  return found
}

describe('what a connection carries', () => {
  test('[FE1] is right where every change is one further, and goes on behind the head of a resync', () => {
    const found = foundIn((wire) => {
      wire.changes(page([5, 6]))
      wire.acked()
      wire.changes(page([7]))
      wire.acked()
      wire.resync(pruned(20, 30))
      wire.acked()
      wire.changes(page([31, 32]))
    })
    expect(found).toEqual([])
  })

  test('[FE1] a change that is missing is found, at the beginning and on the way', () => {
    expect(foundIn((wire) => wire.changes(page([6])))).toEqual(['gap'])
    expect(foundIn((wire) => wire.changes(page([5, 7])))).toEqual(['gap'])
  })

  test('[VE9] a change that is told again is found', () => {
    expect(foundIn((wire) => wire.changes(page([4])))).toEqual(['order'])
    expect(foundIn((wire) => wire.changes(page([5, 5])))).toEqual(['order'])
  })

  test('[WI6] what comes before the ack of what came before is found', () => {
    const found = foundIn((wire) => {
      wire.changes(page([5]))
      wire.changes(page([6]))
    })
    expect(found).toEqual(['order'])
  })

  test('[FE1] a resync that is not due is found', () => {
    expect(foundIn((wire) => wire.resync(pruned(4, 30)))).toEqual(['order'])
    expect(foundIn((wire) => wire.resync({ ...pruned(20, 30), because: 'ahead' }))).toEqual(['order'])
  })

  test('[FE1] another epoch and a head that is passed are found', () => {
    expect(foundIn((wire) => wire.changes(page([5], { epoch: 'epoch-2' })))).toEqual(['order'])
    expect(foundIn((wire) => wire.changes(page([5], { head: 4 })))).toEqual(['order'])
  })
})
