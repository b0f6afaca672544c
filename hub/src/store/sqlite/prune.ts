import { requestProblem } from '../requests.ts'
import type { Pruned, PruneStep } from '../store.ts'
import type { NamespaceState } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { MUTATION_DAYS } from './mutations.ts'
import { RunPruner } from './runs/run-pruner.ts'

const DAY = 24 * 60 * 60 * 1000
const NOTHING: Pruned = { entries: 0, mutations: 0, runs: 0, more: false }

type OldEntry = [seq: number, session: number, version: number, bytes: number]

/** However large its entries are, a step is a short write: it takes no more once this much of them is gone. */
const STEP_BYTES = 4 * 1024 * 1024

/** Throws away, a few at a time, what retention no longer keeps. The newest entry always stays. */
export class Pruner {
  readonly #core: StoreCore
  readonly #runs: RunPruner
  /** Where the sweep over a namespace's mutation ids goes on. */
  readonly #swept = new Map<number, string>()

  constructor(core: StoreCore) {
    this.#core = core
    this.#runs = new RunPruner(core)
  }

  async step(request: PruneStep): Promise<Pruned> {
    const problem = requestProblem({ namespace: request.namespace })
    if (problem !== null) return NOTHING
    // A number that says nothing bounds the step to one, so that a mistake throws away as little as possible.
    const limit = Math.max(1, Math.trunc(request.limit) || 1)
    const bounded = { ...request, limit }
    const idle = await this.#core.read(() => this.#idle(bounded))
    return idle ?? this.#core.write(() => this.#prune(bounded), 256)
  }

  /** A step that finds nothing to throw away costs a look and no commit, and its sweep goes on all the same. */
  #idle(request: PruneStep): Pruned | null {
    const namespace = this.#core.catalog.namespace(request.namespace)
    if (namespace === undefined) return NOTHING
    if (excess(namespace, request) > 0) return null
    const piece = this.#piece(namespace, request.limit)
    const runs = this.#runs.piece(namespace, request.limit)
    if (piece.expired > 0 || runs.done.length > 0) return null
    const more = [this.#goOn(namespace, piece), this.#runs.goOn(namespace, runs)]
    return { ...NOTHING, more: more.includes(true) }
  }

  #prune(request: PruneStep): Pruned {
    const namespace = this.#core.catalog.namespace(request.namespace)
    if (namespace === undefined) return NOTHING
    const entries = this.#pruneEntries(namespace, request)
    const mutations = this.#pruneMutations(namespace, request.limit)
    const runs = this.#runs.prune(namespace, request.limit)
    const more = excess(namespace, request) > 0 || mutations.more || runs.more
    return { entries, mutations: mutations.gone, runs: runs.gone, more }
  }

  #pruneEntries(namespace: NamespaceState, request: PruneStep): number {
    const { sql, catalog } = this.#core
    if (excess(namespace, request) === 0) return 0
    const oldest = sql
      .get(
        `select seq, session, version, octet_length(changes) from journal
         where namespace = ? and seq > ? order by seq limit ?`,
      )
      .values(namespace.key, namespace.floor, request.limit) as OldEntry[]
    const newest = new Map<number, number>()
    const enough = namespace.journalBytes - STEP_BYTES
    let entries = 0
    for (const [seq, session, version, bytes] of oldest) {
      if (excess(namespace, request) === 0 || namespace.journalBytes < enough) break
      namespace.floor = seq
      namespace.journalBytes -= bytes
      newest.set(session, version)
      entries += 1
    }
    sql.get('delete from journal where namespace = ? and seq <= ?').run(namespace.key, namespace.floor)
    for (const [session, version] of newest) {
      sql.get('update session set pruned_to = max(pruned_to, ?) where key = ?').run(version, session)
      sql
        .get('delete from session_field where session = ? and value is null and version <= ?')
        .run(session, version)
      catalog.pruned(session, version)
    }
    namespace.dirty = true
    return entries
  }

  #pruneMutations(namespace: NamespaceState, limit: number): { gone: number; more: boolean } {
    const piece = this.#piece(namespace, limit)
    if (piece.last !== null && piece.expired > 0)
      this.#core.sql
        .get('delete from mutation where namespace = ? and id > ? and id <= ? and at < ?')
        .run(namespace.key, piece.from, piece.last, this.#expiry())
    return { gone: piece.expired, more: this.#goOn(namespace, piece) }
  }

  /** Walks the ids in order, a piece each time: there is no index by age, and writing one would cost every write. */
  #piece(namespace: NamespaceState, limit: number): Piece {
    const from = this.#swept.get(namespace.key) ?? ''
    const row = this.#core.sql
      .get(
        `select max(id) as last, count(*) as ids, count(*) filter (where at < ?) as expired
         from (select id, at from mutation where namespace = ? and id > ? order by id limit ?)`,
      )
      .get<{ last: string | null; ids: number; expired: number }>(this.#expiry(), namespace.key, from, limit)
    const { last = null, ids = 0, expired = 0 } = row ?? {}
    return { from, last, expired, isFull: ids === limit }
  }

  /** A sweep that reached the end starts over next time: what is young in this one expires behind it. */
  #goOn(namespace: NamespaceState, { last, isFull }: Piece): boolean {
    if (last !== null && isFull) this.#swept.set(namespace.key, last)
    else this.#swept.delete(namespace.key)
    return isFull
  }

  #expiry(): number {
    return this.#core.outside.now() - MUTATION_DAYS * DAY
  }
}

/** Some mutation ids that follow each other. */
interface Piece {
  readonly from: string
  /** Null where there is none. */
  readonly last: string | null
  readonly expired: number
  readonly isFull: boolean
}

/** How many entries, at least, are more than is kept: all that are over the count, or one while the bytes are over. */
function excess(
  { head, floor, journalBytes }: NamespaceState,
  { keepEntries, keepBytes }: PruneStep,
): number {
  const entries = head - floor
  if (entries <= 1) return 0
  const over = Math.max(entries - Math.max(1, keepEntries), journalBytes > keepBytes ? 1 : 0)
  return over > 0 ? over : 0
}
