import type { CommittedValue } from '@holdfast/shared/protocol/released/update-for-released-client'
import type { ConnectionId } from '../live/presence.ts'
import type { SessionKey } from '../store/store.ts'

/**
 * Tells the rooms of sessions what was committed. Metadata is told from the feed, so only what is durable is ever told,
 * and each session in the order of its versions.
 */
export interface SessionEvents extends AsyncDisposable {
  /**
   * Says, in the continuation of the write's promise, whose write made this version: its ack carries it, and that
   * connection is not told of it. Not to be said of a write that changed nothing.
   */
  madeBy(session: SessionKey, version: number, connection: ConnectionId): void
  /** Agent state is not in the feed: its one writer tells the others here, after the commit. */
  agentStateWritten(session: SessionKey, written: CommittedValue, by: ConnectionId): void
}
