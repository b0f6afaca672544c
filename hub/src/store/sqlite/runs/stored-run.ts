import { must } from '@holdfast/shared/errors/assert'
import { runRecordSchema, type RunRecord } from '@holdfast/shared/records/run'
import type { KnownSession } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { fromStored } from '../stored.ts'

/** A run as it stands in the transaction that looks at it. */
export interface StoredRun {
  readonly key: number
  readonly session: KnownSession
  readonly record: RunRecord
  /** What its claim was told, as text. */
  readonly answer: string | null
  /** The token that its own end named. */
  readonly endToken: string | null
}

export interface RunRow extends Omit<RunRecord, 'holder' | 'contended'> {
  readonly key: number
  readonly holderId: string | null
  readonly holderBoot: number | null
  readonly contended: number
  readonly answer: string | null
  readonly endToken: string | null
}

/** Of `run r join session s on s.key = r.session`. */
export const RUN_COLUMNS = `
  r.key, r.id, s.id as session, r.kind, r.state, r.flavor, r.token, r.machine_id as machineId, r.runtime_id as runtimeId,
  r.directory, r.holder_id as holderId, r.holder_boot as holderBoot, r.contended, r.started_at as startedAt,
  r.ended_at as endedAt, r.ended_by as endedBy, r.reason, r.answer, r.end_token as endToken`

/** The live states, as the partial indexes have them. */
export const IS_LIVE = `state in ('attempt', 'starting', 'running')`

export function runRecord(row: RunRow): RunRecord {
  const { key: _key, answer: _answer, endToken: _endToken, holderId, holderBoot, contended, ...rest } = row
  const holder = holderId === null ? null : { id: holderId, boot: holderBoot }
  return fromStored(`Run ${row.id}`, () =>
    runRecordSchema.parse({ ...rest, holder, contended: contended === 1 }),
  )
}

const BY_ID = `select ${RUN_COLUMNS} from run r join session s on s.key = r.session where r.namespace = ? and r.id = ?`

export function findRun(core: StoreCore, namespaceName: string, id: string): StoredRun | null {
  const namespace = core.catalog.namespace(namespaceName)
  // A driver may look for another character where it is given half of a surrogate pair.
  if (namespace === undefined || !id.isWellFormed()) return null
  const row = core.sql.get(BY_ID).get<RunRow>(namespace.key, id)
  return row === undefined ? null : storedRun(core, namespace.name, row)
}

const BY_KEY = `select ${RUN_COLUMNS} from run r join session s on s.key = r.session where r.key = ?`

/** A run that is there, of a namespace that is known. */
export function runAt(core: StoreCore, namespace: string, key: number): StoredRun {
  return storedRun(core, namespace, must(core.sql.get(BY_KEY).get<RunRow>(key), `run ${key} is there`))
}

function storedRun(core: StoreCore, namespace: string, row: RunRow): StoredRun {
  const session = must(core.catalog.session(namespace, row.session), 'a run has a session')
  return { key: row.key, session, record: runRecord(row), answer: row.answer, endToken: row.endToken }
}
