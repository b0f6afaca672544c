import { setImmediate as nextTurn } from 'node:timers/promises'
import { PROTECTED_FIELDS } from '@holdfast/shared/agents/registry'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import type { ResumableSession } from '@holdfast/shared/protocol/http/resumable'
import type { SessionRecord } from '@holdfast/shared/records/session'
import type { Presence } from '../live/presence.ts'
import type { Log } from '../log/log.ts'
import type { MachineKey, Store } from '../store/store.ts'
import { conversationOf, resumeTarget } from './resume-target.ts'
import { verdictForReleased } from './verdict-for-released.ts'

/** How many sessions are looked at, the newest first, and how many are shown: a list is for people to choose from. */
const LOOKED_AT = 10_000
const SHOWN = 500
const PAGE = 250

const LISTED_UNASKED = 'tokens were listed for a client that asks nobody, although a person should be asked'

export interface ResumableParts {
  readonly store: Store
  readonly presence: Presence
  readonly log: Log
}

/** What can be resumed on a machine, the one that changed last first. */
export async function resumableSessions(
  parts: ResumableParts,
  { namespace, machine }: MachineKey,
): Promise<ResumableSession[]> {
  const rows: ResumableSession[] = []
  let doubtful = 0
  for await (const session of sessionsOf(parts.store, { namespace, machine })) {
    const record = await parts.store.readSession({ namespace, session })
    const found = record === null ? null : await rowOf(parts, record)
    if (found !== null) rows.push(found.row)
    if (found?.asksFirst === true) doubtful += 1
    if (rows.length >= SHOWN) break
    // A record may hold a large agent state: others have their turn between two of them.
    await nextTurn()
  }
  if (doubtful > 0) parts.log.warn(LISTED_UNASKED, { machine, sessions: doubtful })
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

interface Row {
  readonly row: ResumableSession
  /** Somebody should ask a person before it is resumed. */
  readonly asksFirst: boolean
}

async function rowOf({ store, presence }: ResumableParts, record: SessionRecord): Promise<Row | null> {
  const key = { namespace: record.namespace, session: record.id }
  const conversation = conversationOf(record)
  if (conversation.kind === 'refused') return null
  const verdict = await verdictForReleased(store, { key, conversation, heldBy: 'nobody' })
  if (verdict === null) return null
  const found = resumeTarget(record, presence.session(key), { conversation, verdict })
  if (found.kind === 'refused') return null
  const { name, summary } = record.metadata
  const text = isJsonObject(summary) ? summary['text'] : undefined
  const row = {
    ...found.target,
    updatedAt: record.updatedAt,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof text === 'string' ? { summary: text } : {}),
  }
  return { row, asksFirst: verdict.decision === 'confirm' }
}
