import type { RunRecord } from '@holdfast/shared/records/run'
import type { StoreCore } from '../core.ts'
import { MAY_BE_IN, type Conversation } from '../holds.ts'
import { maybeSame } from '../maybe-same.ts'
import { again } from './change-run.ts'
import { IS_LIVE, runAt, type StoredRun } from './stored-run.ts'

const IN_SESSION = `select key from run where session = ? and ${IS_LIVE} and key <> ?`

const WITH_TOKEN = `
  select key from run
  where token = ? and flavor = ? and ${IS_LIVE} and namespace = ? and key <> ? and ${maybeSame('machine_id')}`

// In this order, and not by the namespace, which has many runs.
const WITH_TOKEN_IMPLICITLY = `
  select r.key from resume_token t cross join run r on r.session = t.session
  where t.value = ? and t.flavor = ? and ${MAY_BE_IN} and r.${IS_LIVE} and r.kind = 'implicit'
    and (r.flavor is null or r.flavor = t.flavor) and +r.namespace = ? and r.key <> ? and ${maybeSame('t.machine_id')}`

interface Key {
  readonly key: number
}

/** The other live runs of its session, and of the conversation that it is in. */
export function othersBeside(core: StoreCore, run: StoredRun): readonly StoredRun[] {
  const { sql } = core
  const { key, session } = run
  const { name, key: namespace } = session.namespace
  const inSession = sql.get(IN_SESSION).all<Key>(session.key, key)
  const inConversation = conversationsOf(core, run).flatMap(({ value, flavor, machineId }) => {
    const asked = [value, flavor, namespace, key, machineId, machineId]
    return [...sql.get(WITH_TOKEN).all<Key>(...asked), ...sql.get(WITH_TOKEN_IMPLICITLY).all<Key>(...asked)]
  })
  const keys = new Set([...inSession, ...inConversation].map((row) => row.key))
  return [...keys].toSorted((one, other) => one - other).map((at) => runAt(core, name, at))
}

// Of a session that did not say which agent it has, every token may be the one.
const OF_SESSION = `
  select t.flavor, t.value, t.machine_id as machineId from run r join resume_token t on t.session = r.session
  where r.key = ? and ${MAY_BE_IN} and (r.flavor is null or r.flavor = t.flavor)`

function conversationsOf({ sql }: StoreCore, { key, record }: StoredRun): readonly Conversation[] {
  const { kind, flavor, token: value, machineId } = record
  if (kind === 'implicit') return sql.get(OF_SESSION).all<Conversation>(key)
  return flavor === null || value === null ? [] : [{ flavor, value, machineId }]
}

/** The token that its session has now, of its flavor. */
export function currentToken({ sql }: StoreCore, { session, record }: StoredRun): string | null {
  const row = sql
    .get(`select value from resume_token where session = ? and flavor = ? and left_as = 'no'`)
    .get<{ value: string }>(session.key, record.flavor ?? '')
  return row?.value ?? null
}

export interface Contended {
  readonly run: StoredRun
  readonly contends: readonly RunRecord[]
}

/** Marks it and whoever is beside it: two programs may be writing into one conversation. */
export function markContended(core: StoreCore, run: StoredRun): Contended {
  const others = othersBeside(core, run)
  if (others.length === 0) return { run, contends: [] }
  const marked = [run, ...others].map((one) => {
    core.sql.get('update run set contended = 1 where key = ? and contended = 0').run(one.key)
    return again(core, one)
  })
  const [own = run, ...contends] = marked
  return { run: own, contends: contends.map(({ record }) => record) }
}
