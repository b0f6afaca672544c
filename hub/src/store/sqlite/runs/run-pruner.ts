import type { NamespaceState } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { RUNS_WEIGHED } from '../resume-facts.ts'

/** So long after its end a run answers reports and repeated claims as before, whatever came after it. */
export const RUN_DAYS = 90

const DAY = 24 * 60 * 60 * 1000
/** More are not looked at for one token: a run on which so many others of other machines follow is kept. */
const CARRIERS_LOOKED_AT = 4 * RUNS_WEIGHED

/** To look at one run costs more than at a journal entry, and others wait meanwhile. */
const RUNS_AT_ONCE = 64

const HAS_ENDED = `state in ('success', 'failed', 'cancelled', 'interrupted')`

// The newest ended run of a session may be revived, and takes late words of its own. Which run of a token was its last is
// found among the newest that carried it. What was withdrawn never was a run.
const DONE = `
  select r.key from run r
  where r.namespace = ? and r.id > ? and r.id <= ? and r.ended_at < ? and (
    r.state = 'withdrawn'
    or r.${HAS_ENDED}
    and exists (select 1 from run n where n.session = r.session and n.key > r.key and n.${HAS_ENDED})
    and not exists (
      select 1 from run_token c where c.run = r.key and c.rejected = 0 and ${RUNS_WEIGHED} > (
        select count(*) from (
          select run, rejected from run_token
          where value = c.value and flavor = c.flavor and run > r.key order by run limit ${CARRIERS_LOOKED_AT}
        ) wanted cross join run m on m.key = wanted.run
        where wanted.rejected = 0 and m.namespace = r.namespace and m.machine_id is r.machine_id and m.${HAS_ENDED}
      )
    )
  )
  order by r.id`

const PIECE = `
  select max(id) as last, count(*) as runs
  from (select id from run where namespace = ? and id > ? order by id limit ?) wanted`

const FORGET_TOKENS = `
  delete from run_token
  where run = ? and (flavor, value) in (select flavor, value from run_token where run = ? limit ?)`

/** Some runs whose ids follow each other. */
interface Piece {
  /** Null where there is none. */
  readonly last: string | null
  readonly isFull: boolean
  /** The keys of those among them that ended long ago, and on which nothing depends any more. */
  readonly done: readonly number[]
}

/** Throws away, a few at a time, the runs that no verdict, report or claim can need again. */
export class RunPruner {
  readonly #core: Pick<StoreCore, 'sql' | 'outside'>
  /** Where the sweep over a namespace's runs goes on. */
  readonly #swept = new Map<number, string>()

  constructor(core: Pick<StoreCore, 'sql' | 'outside'>) {
    this.#core = core
  }

  /** Walks the ids in order: there is no index by age, and writing one would cost every end of a run. */
  piece({ key }: NamespaceState, most: number): Piece {
    const { sql, outside } = this.#core
    const limit = Math.min(most, RUNS_AT_ONCE)
    const from = this.#swept.get(key) ?? ''
    const row = sql.get(PIECE).get<{ last: string | null; runs: number }>(key, from, limit)
    const { last = null, runs = 0 } = row ?? {}
    const before = outside.now() - RUN_DAYS * DAY
    const done = last === null ? [] : sql.get(DONE).all<{ key: number }>(key, from, last, before)
    return { last, isFull: runs === limit, done: done.map((run) => run.key) }
  }

  prune(namespace: NamespaceState, limit: number): { readonly gone: number; readonly more: boolean } {
    const piece = this.piece(namespace, limit)
    const gone = this.#forget(piece.done, limit)
    // Where one of them had more tokens than a step takes, the next step looks at the same ones again.
    return { gone, more: gone < piece.done.length || this.goOn(namespace, piece) }
  }

  /** A sweep that reached the end starts over next time. */
  goOn({ key }: NamespaceState, { last, isFull }: Piece): boolean {
    if (last !== null && isFull) this.#swept.set(key, last)
    else this.#swept.delete(key)
    return isFull
  }

  /** How many of them are gone after at most so many rows, of runs and of what they carried. */
  #forget(runs: readonly number[], limit: number): number {
    const { sql } = this.#core
    let room = limit
    for (const [gone, run] of runs.entries()) {
      room -= sql.get(FORGET_TOKENS).run(run, run, room).changes
      if (room <= 0) return gone
      sql.get('delete from run where key = ?').run(run)
      room -= 1
    }
    return runs.length
  }
}
