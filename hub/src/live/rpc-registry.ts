import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Calls } from './calls.ts'
import type { ConnectionId } from './presence.ts'

/** A connection that answers calls. */
export interface CallHolder {
  readonly id: ConnectionId
  /** The ack of the call. Rejects when none comes in time or the connection ends. */
  ask(request: {
    readonly method: string
    readonly params: string
    readonly timeoutMs: number
  }): Promise<unknown>
}

/** Which connection answers which method. Whether it may is the door's to say. */
export interface RpcRegistry extends Calls {
  /**
   * The newest registration of a method counts, as long as its connection lasts; then the one before it does again. A
   * refusal where the name is too long or the connection has too many names; null where it was taken.
   */
  register(namespace: string, method: string, holder: CallHolder): Refusal | null
  unregister(namespace: string, method: string, connection: ConnectionId): void
  /** What this connection was asked and has not answered is lost; what is still registered in its name is not taken. */
  disconnected(connection: ConnectionId): void
}
