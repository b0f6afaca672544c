import type { Log } from '../../log/log.ts'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { SessionKey, Store } from '../../store/store.ts'
import { SESSION_NOT_FOUND } from '../session-not-found.ts'
import { stopSession, type StopParts } from '../stop-session.ts'
import type { ApiHandlers } from './api-handler.ts'

export interface StopRouteParts extends StopParts {
  readonly store: Store
  readonly log: Log
}

/** Ends what runs in a session. What it knows and what it is paired with stays as it is. */
export function stop(parts: StopRouteParts): ApiHandlers<'POST /api/sessions/:id/stop'> {
  return {
    async 'POST /api/sessions/:id/stop'({ caller, params, body: { reason: why = null } }) {
      const key = { namespace: caller.namespace, session: params.id }
      const record = await parts.store.readSession(key)
      if (record === null) return SESSION_NOT_FOUND
      const { machineId } = record.metadata
      const answer = await stopSession(parts, {
        key,
        machineId: typeof machineId === 'string' ? machineId : null,
        run: await heldRun(parts.store, key),
        why,
      })
      const came = 'outcome' in answer ? answer.outcome : answer.code
      parts.log.info('a session was asked to stop', { ...key, device: caller.device, came })
      return answer
    },
  }
}

async function heldRun(store: Store, key: SessionKey): Promise<RunRecord | null> {
  const held = (await store.readFacts(key))?.held ?? null
  const run = held === null ? null : await store.readRun({ namespace: key.namespace, run: held.runId })
  return run === null || run.kind === 'implicit' ? null : run
}
