import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { SessionSettings } from '@holdfast/shared/protocol/session-settings'
import { createSession } from '../../sessions/create-session.ts'
import type { WriteContext } from '../../sessions/write.ts'
import type { StateText } from '../requests.ts'
import type { CreatedSession, CreateSession } from '../store.ts'
import type { StoreCore } from './core.ts'
import { SESSION_NOT_FOUND } from './session-not-found.ts'
import { readSessionRecord } from './session-reads.ts'
import { changesSettings, settingsText } from './settings-text.ts'
import { writePlan } from './write-plan.ts'

/** What a session is born with beside its metadata. */
export interface Beside {
  readonly state: StateText
  readonly settings: SessionSettings
}

/** Inside the batch's transaction. */
export function createOrLoad(
  core: StoreCore,
  request: CreateSession,
  beside: Beside,
): CreatedSession | Refusal {
  const loaded = loadByTag(core, request)
  if (loaded !== null) return loaded
  const { namespace, id } = request
  if (id !== undefined && core.catalog.session(namespace, id) !== undefined) return idTaken(id)
  return insert(core, request, beside)
}

export function loadByTag(core: StoreCore, request: CreateSession): CreatedSession | Refusal | null {
  const namespace = core.catalog.namespace(request.namespace)
  const byTag = core.sql
    .get('select id from session where namespace = ? and tag = ?')
    .get<{ id: string }>(namespace?.key ?? 0, request.tag)
  return byTag === undefined ? null : load(core, request, byTag.id)
}

function load(core: StoreCore, { namespace, id }: CreateSession, stored: string): CreatedSession | Refusal {
  if (id !== undefined && id !== stored) return idTaken(id)
  const session = readSessionRecord(core, { namespace, session: stored })
  return session === null ? SESSION_NOT_FOUND : { kind: 'session', created: false, session, refused: [] }
}

function insert(
  core: StoreCore,
  request: CreateSession,
  { state, settings }: Beside,
): CreatedSession | Refusal {
  const { sql, catalog, outside } = core
  const { actor, reason = null } = request
  const context: WriteContext = { actor, reason, now: outside.now() }
  const birth = createSession(request.metadata as JsonObject, context)
  if ('kind' in birth) return birth
  const namespace = catalog.namespaceForWrite(request.namespace)
  const id = request.id ?? outside.newId()
  const { rowid } = sql
    .get(
      `insert into session (namespace, id, tag, metadata_version, bytes, keys, protected, seq, created_at, updated_at)
       values (?, ?, ?, 1, 2, 0, '', 0, ?, ?)`,
    )
    .run(namespace.key, id, request.tag, context.now, context.now)
  sql.get('insert into agent_state (session, value, version) values (?, ?, 1)').run(rowid, state.text)
  if (changesSettings({}, settings)) {
    sql
      .get('insert into session_settings (session, value) values (?, ?)')
      .run(rowid, settingsText({}, settings))
  }
  writePlan(core, catalog.remember({ key: rowid, namespace, id, head: birth.plan.head }), birth.plan, context)
  const session = readSessionRecord(core, { namespace: request.namespace, session: id })
  return session === null
    ? SESSION_NOT_FOUND
    : { kind: 'session', created: true, session, refused: birth.refused }
}

function idTaken(id: string): Refusal {
  return refuse('id_taken', `The id ${id} belongs to a session with another tag.`, { field: 'id' })
}
