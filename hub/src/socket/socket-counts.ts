import type { ErrorCode } from '@holdfast/shared/errors/codes'

/** What the socket door has seen since the start. Whatever it does not serve is in one of these. */
export interface SocketCounts {
  /** Connections that are open now. */
  connections: number
  /** Connections that were sent away: a token that is not known, a handshake of another shape, another namespace. */
  refusedConnections: number
  /** Connections that were cut, so that the client comes back: the hub could not tell who it is. */
  cutConnections: number
  /** Writes that were taken. */
  writes: number
  /** Of those, what was answered with success or a conflict. */
  acks: number
  /** Requests that were declined: not there, not allowed, of another shape, or not storable. */
  refused: number
  /** Requests that failed for what the store or the hub could not do. */
  failed: number
  /** Both of these by their code. */
  readonly codes: { [code in ErrorCode]?: number }
  /** Events of names that have no meaning here. */
  dropped: number
  /** Events that were over a connection's limits and not looked at. */
  overLimit: number
  /** Events that came after the hub began to shut down. */
  tooLate: number
}

export function noCounts(): SocketCounts {
  return {
    connections: 0,
    refusedConnections: 0,
    cutConnections: 0,
    writes: 0,
    acks: 0,
    refused: 0,
    failed: 0,
    codes: {},
    dropped: 0,
    overLimit: 0,
    tooLate: 0,
  }
}
