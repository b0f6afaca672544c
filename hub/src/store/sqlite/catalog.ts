import { must } from '@holdfast/shared/errors/assert'
import type { SessionHead } from '../../sessions/write.ts'
import { HotFields } from './hot-fields.ts'
import { RecentEntries } from './recent-entries.ts'
import type { StatementCache } from './rows.ts'

/** A namespace's counters. The single writer knows them, so a write reads them from here and not from the file. */
export interface NamespaceState {
  readonly key: number
  readonly name: string
  head: number
  floor: number
  journalBytes: number
  dirty: boolean
}

/** A session as the writer knows it. */
export interface KnownSession {
  readonly key: number
  readonly namespace: NamespaceState
  readonly id: string
  head: SessionHead
}

const HOT_SESSIONS = 65_536

/**
 * What the writer remembers between writes. Only a cache: everything in it is in the file, and it is forgotten whole
 * after a rollback or when another program has written to the file.
 */
export class Catalog {
  readonly recent = new RecentEntries()
  readonly fields = new HotFields()
  readonly #sql: StatementCache
  readonly #namespaces = new Map<string, NamespaceState>()
  readonly #sessions = new Map<NamespaceState, Map<string, KnownSession>>()
  readonly #byKey = new Map<number, KnownSession>()

  constructor(sql: StatementCache) {
    this.#sql = sql
  }

  forget(): void {
    this.recent.forget()
    this.#namespaces.clear()
    this.#forgetSessions()
  }

  namespace(name: string): NamespaceState | undefined {
    const known = this.#namespaces.get(name)
    if (known !== undefined) return known
    // A driver may store half of a surrogate pair as another character, and so find a namespace that was not meant.
    if (!name.isWellFormed()) return undefined
    const row = this.#sql
      .get('select key, head, floor, journal_bytes as journalBytes from namespace where name = ?')
      .get<Omit<NamespaceState, 'name' | 'dirty'>>(name)
    if (row === undefined) return undefined
    const state = { ...row, name, dirty: false }
    this.#namespaces.set(name, state)
    return state
  }

  /** Only inside a write: the row is made where there is none. */
  namespaceForWrite(name: string): NamespaceState {
    const known = this.namespace(name)
    if (known !== undefined) return known
    this.#sql.get('insert into namespace (name) values (?)').run(name)
    return must(this.namespace(name), 'a namespace is there once it was inserted')
  }

  session(namespaceName: string, id: string): KnownSession | undefined {
    const namespace = this.namespace(namespaceName)
    if (namespace === undefined) return undefined
    const known = this.#sessions.get(namespace)?.get(id)
    if (known !== undefined) return known
    const row = this.#sql.get(SELECT_HEAD).get<HeadRow>(namespace.key, id)
    return row === undefined ? undefined : this.remember({ key: row.key, namespace, id, head: headOf(row) })
  }

  remember(session: KnownSession): KnownSession {
    if (this.#byKey.size >= HOT_SESSIONS) this.#forgetSessions()
    let byId = this.#sessions.get(session.namespace)
    if (byId === undefined) {
      byId = new Map()
      this.#sessions.set(session.namespace, byId)
    }
    byId.set(session.id, session)
    this.#byKey.set(session.key, session)
    return session
  }

  /** Retention took a session's journal up to this version, and the fields that were removed by then. */
  pruned(session: number, version: number): void {
    const known = this.#byKey.get(session)
    if (known !== undefined && known.head.prunedTo < version)
      known.head = { ...known.head, prunedTo: version }
    this.fields.forgetRemoved(session, version)
  }

  dirtyNamespaces(): NamespaceState[] {
    return [...this.#namespaces.values()].filter((namespace) => namespace.dirty)
  }

  #forgetSessions(): void {
    this.#sessions.clear()
    this.#byKey.clear()
    this.fields.forget()
  }
}

interface HeadRow {
  readonly key: number
  readonly version: number
  readonly horizon: number
  readonly prunedTo: number
  readonly bytes: number
  readonly keys: number
  readonly protected: string
  readonly updatedAt: number
  readonly seq: number
}

const SELECT_HEAD = `
  select key, metadata_version as version, horizon, pruned_to as prunedTo, bytes, keys, protected,
    updated_at as updatedAt, seq
  from session where namespace = ? and id = ?`

function headOf({ key: _key, ...row }: HeadRow): SessionHead {
  return { ...row, protected: row.protected === '' ? [] : row.protected.split(' ') }
}
