import { setImmediate as nextTurn } from 'node:timers/promises'
import { PROTECTED_FIELDS } from '@holdfast/shared/agents/registry'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import type { ResumableSession } from '@holdfast/shared/protocol/http/resumable'
import type { SessionRecord } from '@holdfast/shared/records/session'
import type { Presence } from '../live/presence.ts'
import type { MachineKey, Store } from '../store/store.ts'
import { conversationOf, resumeTarget } from './resume-target.ts'

/** How many sessions are looked at, the newest first, and how many are shown: a list is for people to choose from. */
const LOOKED_AT = 10_000
const SHOWN = 500
const PAGE = 250

export interface ResumableParts {
  readonly store: Store
  readonly presence: Presence
}

/** What can be resumed on a machine, the one that changed last first. */
export async function resumableSessions(
  parts: ResumableParts,
  { namespace, machine }: MachineKey,
): Promise<ResumableSession[]> {
  const rows: ResumableSession[] = []
  for await (const session of sessionsOf(parts.store, { namespace, machine })) {
    const record = await parts.store.readSession({ namespace, session })
    const row = record === null ? null : rowOf(parts.presence, record)
    if (row !== null) rows.push(row)
    if (rows.length >= SHOWN) break
    // A record may hold a large agent state: others have their turn between two of them.
    await nextTurn()
  }
  return rows.toSorted((one, other) => other.updatedAt - one.updatedAt)
}

/** The ids of the machine's sessions that point at a conversation. */
async function* sessionsOf(store: Store, { namespace, machine }: MachineKey): AsyncGenerator<string> {
  const fields = [...PROTECTED_FIELDS]
  let cursor: string | undefined
  for (let looked = 0; looked < LOOKED_AT; looked += PAGE) {
    const page = await store.listSessions({ namespace, fields, limit: PAGE, cursor })
    for (const summary of page.items) {
      if (summary.metadata['machineId'] !== machine) continue
      if (conversationOf(summary).kind === 'conversation') yield summary.id
    }
    if (page.nextCursor === null) return
    cursor = page.nextCursor
    await nextTurn()
  }
}

function rowOf(presence: Presence, record: SessionRecord): ResumableSession | null {
  const live = presence.session({ namespace: record.namespace, session: record.id })
  const found = resumeTarget(record, live)
  if (found.kind === 'refused') return null
  const { name, summary } = record.metadata
  const text = isJsonObject(summary) ? summary['text'] : undefined
  return {
    ...found.target,
    updatedAt: record.updatedAt,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof text === 'string' ? { summary: text } : {}),
  }
}
