import { SESSION_SETTINGS, type SessionSettings } from '@holdfast/shared/protocol/session-settings'
import { sessionAlive as payload, type SessionAlive } from '@holdfast/shared/protocol/up/session-alive'
import type { Connection } from '../connection.ts'
import type { Desk } from '../desk.ts'
import type { EventHandler } from '../event-handler.ts'
import { SOCKET_LIMITS } from '../socket-limits.ts'
import { sign } from './sign.ts'

const NAMES = Object.keys(SESSION_SETTINGS) as (keyof SessionSettings)[]

/**
 * Every two seconds of every session: it costs the store nothing but where a run begins or a setting is another one than
 * before.
 */
export function sessionAlive(desk: Desk): EventHandler {
  const { parts, implicitRuns } = desk
  return sign(desk, { event: 'session-alive', payload, scope: 'session', id: 'sid' }, (connection, alive) => {
    const session = { namespace: connection.caller.namespace, session: alive.sid }
    const { thinking, mode } = alive
    parts.presence.sessionAlive(session, connection.id, { thinking, mode })
    if (connection.ownRun === null) implicitRuns.alive(session, connection, { thinking })
    else connection.ownRun.alive(connection, alive.sid)
    return saySettings(desk, connection, alive)
  })
}

async function saySettings(desk: Desk, connection: Connection, alive: SessionAlive): Promise<void> {
  const before = connection.settings.get(alive.sid) ?? {}
  const news: SessionSettings = {}
  let isNew = false
  for (const name of NAMES) {
    if (alive[name] === undefined || alive[name] === before[name]) continue
    Object.assign(news, { [name]: alive[name] })
    isNew = true
  }
  if (!isNew) return
  if (connection.settings.size >= SOCKET_LIMITS.known) connection.settings.clear()
  connection.settings.set(alive.sid, { ...before, ...news })
  try {
    const key = { namespace: connection.caller.namespace, session: alive.sid }
    const answer = await desk.parts.store.updateSettings({ ...key, settings: news })
    if ('kind' in answer) connection.settings.delete(alive.sid)
  } catch (error) {
    // The next alive says them again.
    connection.settings.delete(alive.sid)
    desk.failed(error)
  }
}
