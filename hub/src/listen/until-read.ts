import { within } from '../within.ts'

/** What of an engine's connection is used here. */
export interface EngineConnection {
  sendPacket(type: 'ping'): void
  once(event: 'heartbeat' | 'close', listener: () => void): void
}

/**
 * Resolves once every connection has ended or answered a ping, and so has read all that was sent to it before; at the
 * latest when the time is up. Where a connection is ended on which something still arrives, the system throws away what
 * its client has not read yet, acks of what was committed among it.
 */
export async function untilRead(connections: Iterable<EngineConnection>, ms: number): Promise<void> {
  await within(Promise.all(Array.from(connections, answered)), ms)
}

function answered(connection: EngineConnection): Promise<void> {
  return new Promise((resolve) => {
    connection.once('heartbeat', resolve)
    connection.once('close', resolve)
    connection.sendPacket('ping')
  })
}
