import type { SessionRecord } from '../../records/session.ts'
import type { Session } from '../http/session.ts'
import { agentStateForReleasedClient } from './agent-state-for-released-client.ts'
import { forReleasedClient } from './for-released-client.ts'

/** What is known of a session beside its record, by the hub's clock. Null is a time of something that never was. */
export interface LiveSession {
  readonly active: boolean
  readonly activeAt: number | null
  readonly thinking: boolean
  readonly thinkingAt: number | null
}

/**
 * A session as an answer shows it to a released client. `seq` counts a conversation's messages, of which the hub keeps
 * none. A setting that was never said is null where that is allowed and absent where it is not.
 */
export function sessionForReleasedClient(record: SessionRecord, live: LiveSession): Session {
  const { settings } = record
  const { serviceTier, permissionMode, collaborationMode, copilotAgentMode } = settings
  return {
    id: record.id,
    namespace: record.namespace,
    seq: 0,
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    active: live.active,
    activeAt: live.activeAt ?? record.updatedAt,
    metadata: forReleasedClient(record.metadata),
    metadataVersion: record.metadataVersion,
    agentState: agentStateForReleasedClient(record.agentState),
    agentStateVersion: record.agentStateVersion,
    thinking: live.thinking,
    thinkingAt: live.thinkingAt ?? record.updatedAt,
    model: settings.model ?? null,
    modelReasoningEffort: settings.modelReasoningEffort ?? null,
    effort: settings.effort ?? null,
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(permissionMode === undefined ? {} : { permissionMode }),
    ...(collaborationMode === undefined ? {} : { collaborationMode }),
    ...(copilotAgentMode === undefined ? {} : { copilotAgentMode }),
  }
}
