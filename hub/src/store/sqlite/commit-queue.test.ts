import { describe, expect, test } from 'vitest'
import { CommitQueue, QUEUE_LIMITS, type BatchHooks } from './commit-queue.ts'
import { rejectionOf } from './contract/workshop.ts'
import type { SqliteDriver } from './driver.ts'

type Step = 'begin immediate' | 'commit' | 'rollback'

/** A connection that does nothing but fail when it is told to; `ends` says whether the failure ended the transaction. */
class Wire implements SqliteDriver {
  readonly library = 'bun:sqlite'
  readonly steps: string[] = []
  readonly #failures: { step: Step; code: string; ends: boolean }[] = []
  inTransaction = false

  fail(step: Step, code: string, ends = false): void {
    this.#failures.push({ step, code, ends })
  }

  exec(sql: string): void {
    this.steps.push(sql)
    const at = this.#failures.findIndex((failure) => failure.step === sql)
    const failure = this.#failures[at]
    if (failure !== undefined) {
      this.#failures.splice(at, 1)
      if (failure.ends) this.inTransaction = false
      throw sqliteError(failure.code)
    }
    this.inTransaction = sql === 'begin immediate'
  }

  prepare(): never {
    throw new Error('the queue prepares nothing')
  }

  close(): void {
    this.steps.push('close')
  }
}

function sqliteError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

interface Bench {
  readonly wire: Wire
  readonly queue: CommitQueue
  readonly happened: string[]
  readonly hooks: BatchHooks
}

function bench(change: Partial<BatchHooks> = {}): Bench {
  const wire = new Wire()
  const happened: string[] = []
  const hooks: BatchHooks = {
    begun: () => void happened.push('begun'),
    beforeCommit: () => void happened.push('before commit'),
    committed: (size) => void happened.push(`committed ${size}`),
    rolledBack: () => void happened.push('rolled back'),
    failed: (error) => void happened.push(`failed: ${error.message.slice(0, 15)}`),
    ...change,
  }
  return { wire, queue: new CommitQueue(wire, hooks), happened, hooks }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function isStopped(happened: readonly string[]): boolean {
  return happened.some((entry) => entry.startsWith('failed'))
}

describe('a batch', () => {
  test('[VE6] what arrives together is committed once, and is answered only then', async () => {
    const { wire, queue, happened } = bench()
    const write = async (n: number): Promise<string[]> => {
      const value = await queue.submit(() => n, 10)
      return [`answered ${value}`, ...wire.steps]
    }
    const writes = [1, 2, 3].map(write)
    expect(wire.steps).toEqual([])
    expect(await Promise.all(writes)).toEqual([
      ['answered 1', 'begin immediate', 'commit'],
      ['answered 2', 'begin immediate', 'commit'],
      ['answered 3', 'begin immediate', 'commit'],
    ])
    expect(happened).toEqual(['begun', 'before commit', 'committed 3'])
  })

  test('more than one batch holds is taken in turns, in the order it came', async () => {
    const { queue, happened } = bench()
    const order: number[] = []
    const many = QUEUE_LIMITS.batch * 2 + 1
    await Promise.all(Array.from({ length: many }, (_, n) => queue.submit(() => order.push(n), 1)))
    expect(happened.filter((entry) => entry.startsWith('committed'))).toEqual([
      `committed ${QUEUE_LIMITS.batch}`,
      `committed ${QUEUE_LIMITS.batch}`,
      'committed 1',
    ])
    expect(order).toEqual(Array.from({ length: many }, (_, n) => n))
  })

  test('a write that comes alone is committed in its own turn of the event loop', async () => {
    const { queue, happened } = bench()
    const answer = queue.submit(() => 1, 1)
    await nextTurn()
    expect(happened).toContain('committed 1')
    expect(await answer).toBe(1)
  })

  test('what the next turns bring joins the same commit, until one brings nothing', async () => {
    const { queue, happened } = bench()
    const answers: Promise<number>[] = []
    for (let turn = 0; turn < 5; turn += 1) {
      for (const n of [1, 2]) answers.push(queue.submit(() => turn * 10 + n, 1))
      await nextTurn()
    }
    expect(await Promise.all(answers)).toEqual([1, 2, 11, 12, 21, 22, 31, 32, 41, 42])
    expect(happened).toEqual(['begun', 'before commit', 'committed 10'])
  })

  test('a commit waits for only so many turns, however many more bring something', async () => {
    const { queue, happened } = bench()
    const answers: Promise<number>[] = []
    for (let turn = 0; turn < QUEUE_LIMITS.turns; turn += 1) {
      expect(happened).toEqual([])
      for (const n of [1, 2]) answers.push(queue.submit(() => n, 1))
      await nextTurn()
    }
    expect(happened).toContain(`committed ${QUEUE_LIMITS.turns * 2}`)
    await Promise.all(answers)
  })

  test('what is submitted while a batch is answered goes into the next one', async () => {
    const { queue, happened } = bench()
    const value = await queue.submit(() => 1, 1).then((n) => queue.submit(() => n + 1, 1))
    expect(value).toBe(2)
    expect(happened.filter((entry) => entry.startsWith('committed'))).toEqual(['committed 1', 'committed 1'])
  })

  test('[VE6] a job that throws fails alone: the others are run again, each for itself', async () => {
    const { wire, queue, happened } = bench()
    const runs: string[] = []
    const good = (name: string) => () => {
      runs.push(name)
      return name
    }
    const answers = await Promise.all([
      queue.submit(good('a'), 1),
      rejectionOf(
        queue.submit(() => {
          throw new Error('a mistake')
        }, 1),
      ),
      queue.submit(good('b'), 1),
    ])
    expect(answers).toEqual(['a', 'internal', 'b'])
    expect(runs).toEqual(['a', 'a', 'b'])
    expect(wire.steps).toEqual([
      'begin immediate',
      'rollback',
      'begin immediate',
      'commit',
      'begin immediate',
      'rollback',
      'begin immediate',
      'commit',
    ])
    expect(isStopped(happened)).toBe(false)
  })

  test('[VE6] what the store itself does around a batch and fails at is answered like a job that throws', async () => {
    for (const hook of ['begun', 'beforeCommit'] as const) {
      let calls = 0
      const { wire, queue } = bench({
        [hook]: () => {
          calls += 1
          if (calls <= 2) throw new Error('a mistake')
        },
      })
      expect(await rejectionOf(queue.submit(() => 1, 1))).toBe('internal')
      expect(wire.inTransaction).toBe(false)
      expect(await queue.submit(() => 2, 1)).toBe(2)
    }
  })
})

describe('a commit that fails', () => {
  test('[VE7][OP5] a full disk without a transaction left open is definite, and it goes on when there is room', async () => {
    const { wire, queue, happened } = bench()
    wire.fail('commit', 'SQLITE_FULL', true)
    const writes = [queue.submit(() => 1, 1), queue.submit(() => 2, 1)]
    expect(await Promise.all(writes.map(rejectionOf))).toEqual(['storage_full', 'storage_full'])
    expect(happened).toEqual(['begun', 'before commit', 'rolled back'])
    expect(await queue.submit(() => 3, 1)).toBe(3)
    expect(isStopped(happened)).toBe(false)
  })

  test.each([
    ['the disk did not take what was flushed', 'SQLITE_IOERR_FSYNC', true],
    [
      'the disk did not take what was flushed, and the transaction is open still',
      'SQLITE_IOERR_FSYNC',
      false,
    ],
    ['the disk did not take what was written', 'SQLITE_IOERR_WRITE', true],
    ['the disk is full, and the transaction is open still', 'SQLITE_FULL', false],
    ['the file is damaged', 'SQLITE_CORRUPT', true],
    ['another program holds the file', 'SQLITE_BUSY', false],
  ])('[VE7] %s: the outcome is unknown, and nothing more is tried', async (_, code, ends) => {
    const { wire, queue, happened } = bench()
    wire.fail('commit', code, ends)
    const writes = [queue.submit(() => 1, 1), queue.submit(() => 2, 1)]
    expect(await Promise.all(writes.map(rejectionOf))).toEqual(['outcome_unknown', 'outcome_unknown'])
    expect(happened.filter((entry) => entry.startsWith('failed'))).toHaveLength(1)
    const steps = wire.steps.length
    let ran = false
    const later = queue.submit(() => {
      ran = true
    }, 1)
    expect(await rejectionOf(later)).toBe('store_stopped')
    expect(ran).toBe(false)
    expect(wire.steps).toHaveLength(steps)
  })

  test('[VE7] what waits behind a commit of unknown outcome is refused without being run', async () => {
    const { wire, queue } = bench()
    wire.fail('commit', 'SQLITE_IOERR_FSYNC')
    let ran = 0
    const writes = Array.from({ length: QUEUE_LIMITS.batch + 2 }, () =>
      rejectionOf(
        queue.submit(() => {
          ran += 1
        }, 1),
      ),
    )
    const codes = await Promise.all(writes)
    expect(codes.slice(0, QUEUE_LIMITS.batch).every((code) => code === 'outcome_unknown')).toBe(true)
    expect(codes.slice(QUEUE_LIMITS.batch)).toEqual(['store_stopped', 'store_stopped'])
    expect(ran).toBe(QUEUE_LIMITS.batch)
  })
})

describe('before the commit', () => {
  test('[VE7] a rollback that fails stops everything: nobody can say what the file holds', async () => {
    const { wire, queue, happened } = bench()
    wire.fail('rollback', 'SQLITE_IOERR_READ')
    const failing = queue.submit(() => {
      throw new Error('a mistake')
    }, 1)
    const other = queue.submit(() => 1, 1)
    expect(await Promise.all([failing, other].map(rejectionOf))).toEqual([
      'outcome_unknown',
      'outcome_unknown',
    ])
    expect(isStopped(happened)).toBe(true)
    expect(await rejectionOf(queue.submit(() => 2, 1))).toBe('store_stopped')
  })

  test('[OP5] a job that finds the disk full has written nothing, and the next one is taken', async () => {
    for (const ends of [true, false]) {
      const { wire, queue, happened } = bench()
      const full = queue.submit(() => {
        if (ends) wire.inTransaction = false
        throw sqliteError('SQLITE_FULL')
      }, 1)
      expect(await rejectionOf(full)).toBe('storage_full')
      expect(wire.inTransaction).toBe(false)
      expect(wire.steps).toEqual(ends ? ['begin immediate'] : ['begin immediate', 'rollback'])
      expect(happened).toEqual(['begun', 'rolled back'])
      expect(await queue.submit(() => 2, 1)).toBe(2)
    }
  })

  test('[VE7] a job at which the disk fails stops everything', async () => {
    const { queue, happened } = bench()
    const failing = queue.submit(() => {
      throw sqliteError('SQLITE_IOERR_READ')
    }, 1)
    expect(await rejectionOf(failing)).toBe('outcome_unknown')
    expect(isStopped(happened)).toBe(true)
  })

  test('a lock held by another program is answered with busy, runs nothing, and heals', async () => {
    const { wire, queue, happened } = bench()
    wire.fail('begin immediate', 'SQLITE_BUSY')
    let ran = 0
    const run = (): number => {
      ran += 1
      return ran
    }
    expect(await rejectionOf(queue.submit(run, 1))).toBe('storage_busy')
    expect(ran).toBe(0)
    expect(happened).toEqual([])
    expect(await queue.submit(run, 1)).toBe(1)
  })

  test('a disk that fails at the very begin stops everything, and nothing was written', async () => {
    const { wire, queue, happened } = bench()
    wire.fail('begin immediate', 'SQLITE_IOERR_READ')
    expect(await rejectionOf(queue.submit(() => 1, 1))).toBe('storage_error')
    expect(isStopped(happened)).toBe(true)
    expect(await rejectionOf(queue.submit(() => 1, 1))).toBe('store_stopped')
  })
})

describe('the queue has an end', () => {
  test('too many writes are refused at once, and those that wait are not lost', async () => {
    const { queue } = bench()
    const waiting = Array.from({ length: QUEUE_LIMITS.waiting }, (_, n) => queue.submit(() => n, 1))
    expect(await rejectionOf(queue.submit(() => 1, 1))).toBe('overloaded')
    expect((await Promise.all(waiting)).at(-1)).toBe(QUEUE_LIMITS.waiting - 1)
    expect(await queue.submit(() => 'again', 1)).toBe('again')
  })

  test('too many bytes are refused at once, whatever the number of writes', async () => {
    const { queue } = bench()
    const half = queue.submit(() => 1, QUEUE_LIMITS.waitingBytes / 2)
    const rest = queue.submit(() => 2, QUEUE_LIMITS.waitingBytes / 2)
    expect(await rejectionOf(queue.submit(() => 3, 1))).toBe('overloaded')
    expect(await Promise.all([half, rest])).toEqual([1, 2])
    expect(await queue.submit(() => 4, QUEUE_LIMITS.waitingBytes)).toBe(4)
  })

  test('drained waits for what was taken, and is there at once when nothing waits', async () => {
    const { queue } = bench()
    await queue.drained()
    let done = 0
    for (let n = 0; n < QUEUE_LIMITS.batch + 1; n += 1) void queue.submit(() => (done += 1), 1)
    await queue.drained()
    expect(done).toBe(QUEUE_LIMITS.batch + 1)
  })

  test('stopping refuses what waits, and lets go whoever waits for the end', async () => {
    const { wire, queue } = bench()
    const waiting = rejectionOf(queue.submit(() => 1, 1))
    const drained = queue.drained()
    queue.stop(new Error('enough'))
    expect(await waiting).toBe('store_stopped')
    await drained
    expect(wire.steps).toEqual([])
  })
})
