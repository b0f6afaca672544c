import type { Hold } from '@holdfast/shared/resume/facts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { maybeSame } from './maybe-same.ts'

/** (namespace, machine, flavor, token) names a conversation. */
export interface Conversation {
  readonly flavor: string
  readonly value: string
  readonly machineId: string | null
}

/** No run has this key. */
export const NO_RUN = 0

interface HoldRow extends Omit<Hold, 'contended'> {
  readonly contended: number
}

const IS_LIVE = `state in ('attempt', 'starting', 'running')`
const HOLD = `r.id as runId, s.id as session, r.started_at as since, r.contended`

const OF_SESSION = `
  select ${HOLD} from run r join session s on s.key = r.session
  where r.session = ? and r.${IS_LIVE} and r.key <> ? order by r.kind = 'implicit', r.key limit 1`

/** The live run of a session, besides one; an implicit one only where there is no other. */
export function holdOfSession({ sql }: StoreCore, { key }: KnownSession, besides: number): Hold | null {
  return holdIn(sql.get(OF_SESSION).get<HoldRow>(key, besides))
}

const BY_RUN = `
  select ${HOLD} from run r join session s on s.key = r.session
  where r.token = ? and r.flavor = ? and r.${IS_LIVE} and r.session <> ? and r.key <> ? and r.namespace = ?
    and ${maybeSame('r.machine_id')}
  order by r.key limit 1`

/**
 * SQL for "a client that knows no runs may be in the conversation of token `t`", with its run as `r`. It works with whatever
 * token its session has. Where somebody else took that one away, with or without another in its place, nothing says that
 * the client left the conversation, until it brings a token itself.
 */
export const MAY_BE_IN = `
  (t.left_as = 'no' or (t.left_as in ('cleared', 'superseded') and not exists (
    select 1 from resume_token n where n.session = t.session and n.flavor = t.flavor and n.value <> t.value
      and n.at >= t.left_at and n.set_by ->> 'door' = 'socket')))`

// In this order: there are few sessions with the token, and many runs in a namespace.
const IMPLICITLY = `
  select ${HOLD} from resume_token t
  cross join run r on r.session = t.session cross join session s on s.key = t.session
  where t.value = ? and t.flavor = ? and ${MAY_BE_IN} and t.session <> ?
    and r.key <> ? and s.namespace = ? and r.${IS_LIVE} and r.kind = 'implicit' and (r.flavor is null or r.flavor = t.flavor)
    and ${maybeSame('t.machine_id')}
  limit 1`

/** A live run of another session in a conversation, besides one. */
export function holdElsewhere(
  { sql }: StoreCore,
  { key, namespace }: KnownSession,
  { flavor, value, machineId, besides }: Conversation & { readonly besides: number },
): Hold | null {
  const asked = [value, flavor, key, besides, namespace.key, machineId, machineId]
  return holdIn(sql.get(BY_RUN).get<HoldRow>(...asked) ?? sql.get(IMPLICITLY).get<HoldRow>(...asked))
}

function holdIn(row: HoldRow | undefined): Hold | null {
  return row === undefined ? null : { ...row, contended: row.contended === 1 }
}
