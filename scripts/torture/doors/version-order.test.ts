import { describe, expect, test } from 'vitest'
import { below, chance, pick, seeded, type Random } from '../random.ts'
import { findOrderProblems, type Call, type Observation } from './version-order.ts'

function call(kind: Call['kind'], id: string, [called, returned]: [number, number], version: number | null) {
  return { kind, session: 's', id, called, returned, version } as const
}

function told(id: string, returned: number, version: number): Observation {
  return { kind: 'told', session: 's', id, returned, version }
}

const created = call('write', 'w1', [1, 2], 1)
const never = Number.POSITIVE_INFINITY

function kinds(observations: readonly Observation[]): string[] {
  return findOrderProblems(observations).map(({ kind }) => kind)
}

describe('what clients saw', () => {
  test('[VE1] [VE9] is in order where every write goes one further and every read shows the newest', () => {
    const history = [
      created,
      call('write', 'w2', [3, 6], 3),
      call('write', 'w3', [4, 5], 2),
      call('read', 'r1', [7, 8], 3),
      told('c1', 9, 3),
    ]
    expect(kinds(history)).toEqual([])
  })

  test('[VE1] two writes that made one version are found', () => {
    expect(kinds([created, call('write', 'w2', [3, 4], 1)])).toContain('duplicate')
  })

  test('[VE1] a version that nobody made is found', () => {
    expect(kinds([created, call('write', 'w2', [3, 4], 3)])).toEqual(['gap'])
    expect(kinds([created, call('read', 'r1', [3, 4], 2)])).toEqual(['gap'])
    expect(kinds([created, told('c1', 3, 2)])).toEqual(['gap'])
  })

  test('[VE7] a write without an answer explains one version that nobody made, and not two', () => {
    const unknown = call('write', 'w2', [3, never], null)
    expect(kinds([created, unknown, call('write', 'w3', [4, 5], 3)])).toEqual([])
    expect(kinds([created, unknown, call('write', 'w3', [4, 5], 4)])).toEqual(['gap'])
  })

  test('[VE6] an acknowledged version that a later write makes again is found', () => {
    const history = [
      created,
      call('write', 'w2', [3, 4], 2),
      call('write', 'w3', [5, 6], 3),
      call('write', 'w4', [7, 8], 3),
    ]
    expect(kinds(history)).toEqual(['duplicate', 'order'])
  })

  test('[VE6] a read that shows less than an answer before it is found', () => {
    expect(kinds([created, call('write', 'w2', [3, 4], 2), call('read', 'r1', [5, 6], 1)])).toEqual(['order'])
  })

  test('[VE6] a read that shows less than another read before it is found', () => {
    const write = call('write', 'w2', [3, 20], 2)
    const history = [created, write, call('read', 'r1', [4, 5], 2), call('read', 'r2', [6, 7], 1)]
    expect(kinds(history)).toEqual(['order'])
  })

  test('[VE6] a read may show a write that is still on its way, or not', () => {
    const write = call('write', 'w2', [3, 10], 2)
    expect(kinds([created, write, call('read', 'r1', [4, 5], 1)])).toEqual([])
    expect(kinds([created, write, call('read', 'r1', [4, 5], 2)])).toEqual([])
  })

  test('[VE9] a version that was seen before its write was even sent is found', () => {
    const write = call('write', 'w2', [6, 7], 2)
    expect(kinds([created, call('read', 'r1', [4, 5], 2), write])).toEqual(['order'])
    expect(kinds([created, told('c1', 5, 2), write])).toEqual(['order'])
  })

  test('[VE9] a subscriber that is told a version twice, or an older one, is found', () => {
    const writes = [created, call('write', 'w2', [3, 4], 2), call('write', 'w3', [5, 6], 3)]
    expect(kinds([...writes, told('c1', 7, 2), told('c1', 8, 3), told('c2', 9, 2)])).toEqual([])
    expect(kinds([...writes, told('c1', 7, 2), told('c1', 8, 2)])).toEqual(['order'])
    expect(kinds([...writes, told('c1', 7, 3), told('c1', 8, 2)])).toEqual(['order'])
  })

  test('[VE9] after a subscriber was told a version, nobody is shown an older one', () => {
    const writes = [created, call('write', 'w2', [3, 9], 2)]
    expect(kinds([...writes, told('c1', 4, 2), call('read', 'r1', [5, 6], 1)])).toEqual(['order'])
  })

  test('[VE1] sessions are apart', () => {
    const elsewhere = { ...call('write', 'x1', [3, 4], 1), session: 'other' }
    expect(kinds([created, elsewhere])).toEqual([])
  })
})

/** A store that takes each write at one moment between its call and its answer, and clients that overlap at random. */
class Simulation {
  readonly history: Observation[] = []
  readonly #random: Random
  readonly #versions = new Map<string, number>()
  readonly #open: (() => void)[] = []
  #tick = 0
  #made = 0

  constructor(seed: number) {
    this.#random = seeded(seed)
  }

  run(operations: number): readonly Observation[] {
    while (this.#made < operations || this.#open.length > 0) {
      if (this.#made < operations && (this.#open.length === 0 || chance(this.#random, 0.5))) this.#start()
      else this.#open.splice(below(this.#random, this.#open.length), 1)[0]?.()
    }
    return this.history
  }

  #start(): void {
    const session = `session-${below(this.#random, 20)}`
    const kind = chance(this.#random, 0.7) ? 'write' : 'read'
    const id = `${kind}-${(this.#made += 1)}`
    const called = (this.#tick += 1)
    const before = this.#versions.get(session) ?? 0
    const version = kind === 'write' ? before + 1 : before
    this.#versions.set(session, version)
    const isLost = kind === 'write' && chance(this.#random, 0.02)
    this.#open.push(() => {
      const returned = (this.#tick += 1)
      const known = isLost ? { returned: never, version: null } : { returned, version }
      this.history.push({ kind, session, id, called, ...known })
    })
  }
}

interface Mistake {
  readonly name: string
  /** What the broken store would have shown in the place of this. */
  readonly shown: (observation: Call, random: Random, all: readonly Observation[]) => Observation
  readonly kind: Call['kind']
}

const MISTAKES: readonly Mistake[] = [
  {
    name: 'a lost write: its version is made again by a later one',
    kind: 'write',
    shown: (write, random, all) => {
      const others = all.filter(
        ({ kind, session, version }) => kind === 'write' && session === write.session && version !== null,
      )
      return { ...write, version: pick(random, others).version }
    },
  },
  {
    name: 'a skipped version',
    kind: 'write',
    shown: (write, _, all) => ({ ...write, version: highestOf(write.session, all) + 40 }),
  },
  { name: 'a stale read', kind: 'read', shown: (read) => ({ ...read, version: 0 }) },
  {
    name: 'a read of the future',
    kind: 'read',
    shown: (read, _, all) => ({ ...read, version: highestOf(read.session, all) }),
  },
]

function highestOf(session: string, all: readonly Observation[]): number {
  return Math.max(...all.map((seen) => (seen.session === session ? (seen.version ?? 0) : 0)))
}

describe('a long history', () => {
  test.each([1, 2, 3])('[VE1] [VE9] of a right store has no problem, seed %d', (seed) => {
    expect(findOrderProblems(new Simulation(seed).run(20_000))).toEqual([])
  })

  test.each(MISTAKES.map((mistake): [string, Mistake] => [mistake.name, mistake]))(
    '[VE1] [VE9] %s is found among 5,000 right ones',
    (_, { shown, kind }) => {
      const random = seeded(7)
      const right = new Simulation(7).run(5000)
      let found = 0
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const at = pickIndex(random, right, kind)
        const wrong = right.map((one, index) =>
          index === at && one.kind !== 'told' ? shown(one, random, right) : one,
        )
        if (findOrderProblems(wrong).length > 0) found += 1
      }
      // Where calls overlap, another version may be just as right.
      expect(found).toBeGreaterThan(15)
    },
  )

  test('[VE1] of 200,000 observations is no matter of squares', () => {
    const history = new Simulation(9).run(200_000)
    expect(findOrderProblems(history)).toEqual([])
  })
})

/** From the middle, where there is something before and after. */
function pickIndex(random: Random, history: readonly Observation[], kind: Call['kind']): number {
  const quarter = Math.floor(history.length / 4)
  const able = history.flatMap((one, index) =>
    one.kind === kind && one.version !== null && index > quarter && index < 3 * quarter ? [index] : [],
  )
  return pick(random, able)
}
