import { must } from '@holdfast/shared/errors/assert'
import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { PatchSessionMetadataAnswer } from '@holdfast/shared/protocol/http/patch-session-metadata'
import { ARCHIVED } from '@holdfast/shared/records/session-state'
import type { SessionSummary } from '@holdfast/shared/records/session'
import { actorOf, type Caller } from '../../auth/caller.ts'
import type { VersionMismatch } from '../../sessions/decision.ts'
import type { SessionKey, Store } from '../../store/store.ts'
import { SESSION_NOT_FOUND } from '../session-not-found.ts'
import type { ApiHandlers, DetailedRefusal } from './api-handler.ts'
import { writtenAnswer } from './written-answer.ts'

/** How often a transition is decided anew when somebody else changes the lifecycle at the same time. */
const TRIES = 3

type Routes = 'POST /api/sessions/:id/archive' | 'POST /api/sessions/:id/reopen'

export interface LifecycleParts {
  readonly store: Store
  readonly now: () => number
}

/** Puts sessions away and takes them out again: patches of the lifecycle fields and nothing else. */
export function lifecycle({ store, now }: LifecycleParts): ApiHandlers<Routes> {
  return {
    async 'POST /api/sessions/:id/archive'({ caller, params, body: { reason } }) {
      const archivedBy = await nameOf(store, caller)
      const patch = (): JsonObject => ({
        lifecycleState: ARCHIVED,
        lifecycleStateSince: now(),
        archivedBy,
        archiveReason: reason ?? null,
      })
      const key = { namespace: caller.namespace, session: params.id }
      return change(store, caller, { key, reason, patch, isDone: isArchived })
    },

    async 'POST /api/sessions/:id/reopen'({ caller, params, body: { reason } }) {
      const key = { namespace: caller.namespace, session: params.id }
      return change(store, caller, {
        key,
        reason,
        patch: () => REOPENED,
        isDone: (session) => !isArchived(session),
      })
    },
  }
}

const REOPENED: JsonObject = {
  lifecycleState: null,
  lifecycleStateSince: null,
  archivedBy: null,
  archiveReason: null,
}

interface Transition {
  readonly key: SessionKey
  readonly reason: string | undefined
  readonly patch: () => JsonObject
  readonly isDone: (session: SessionSummary) => boolean
}

/** Each is decided on what is there: who put a session away first stays the one who did. */
async function change(
  store: Store,
  caller: Caller,
  { key, reason, patch, isDone }: Transition,
): Promise<PatchSessionMetadataAnswer | DetailedRefusal | Refusal> {
  let mismatch: VersionMismatch | null = null
  for (let tries = 0; tries < TRIES; tries += 1) {
    const session = await store.readSession(key)
    if (session === null) return SESSION_NOT_FOUND
    const expectedVersion = session.metadataVersion
    if (isDone(session)) return { result: 'success', version: expectedVersion, changed: [], kept: [] }
    const actor = actorOf(caller, 'http')
    const outcome = await store.patchSessionMetadata({
      ...key,
      actor,
      reason,
      patch: patch(),
      expectedVersion,
    })
    if (outcome.kind !== 'version-mismatch') return writtenAnswer(outcome)
    mismatch = outcome
  }
  return writtenAnswer(must(mismatch, 'every try ended in a mismatch'))
}

function isArchived({ metadata }: SessionSummary): boolean {
  return metadata['lifecycleState'] === ARCHIVED
}

async function nameOf(store: Store, { device }: Caller): Promise<string> {
  const found = device === null ? null : await store.findDevice(device)
  return found?.name ?? 'operator'
}
