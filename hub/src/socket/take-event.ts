import { droppedEventAck } from '@holdfast/shared/protocol/dropped-event'
import type { Desk } from './desk.ts'
import type { Arrived, EventHandler, Reply } from './event-handler.ts'
import type { TokenBucket } from './token-bucket.ts'

/** An event as the socket library hands it over: its name, its arguments, and the ack where one is asked for. */
export type RawEvent = readonly unknown[]

/** A connection whose events are taken, to whichever namespace it is. */
export interface Sender {
  readonly isOpen: boolean
  readonly drops: TokenBucket
}

/** Who carries out each event that has a meaning in a namespace. */
export type Handlers<From> = { readonly [event: string]: EventHandler<From> }

/**
 * The one way in for every event. Nothing gets out of it: an error that left a listener of the socket library would end
 * the hub.
 */
export function takeEvent<From extends Sender>(
  desk: Desk,
  handlers: Handlers<From>,
): (connection: From, event: RawEvent) => void {
  return (connection, event) => {
    try {
      if (!connection.isOpen) return
      if (desk.isDraining) {
        // Without an ack: the client sees its connection end, and sends it again to the hub that comes after.
        desk.counts.tooLate += 1
        return
      }
      const [name] = event
      const arrived = arrivedWith(event)
      const handler = handlerOf(handlers, name)
      if (handler === undefined) return drop(desk, connection, { name: String(name), arrived })
      handler(connection, arrived)?.catch((error: unknown) => desk.failed(error))
    } catch (error) {
      desk.failed(error)
    }
  }
}

function arrivedWith(event: RawEvent): Arrived {
  const last = event.at(-1)
  // JSON has no functions: only the library puts one here.
  const reply = event.length > 1 && typeof last === 'function' ? (last as Reply) : null
  return {
    payload: event[1] === reply ? undefined : event[1],
    count: event.length - (reply === null ? 1 : 2),
    reply,
  }
}

function handlerOf<From>(handlers: Handlers<From>, name: unknown): EventHandler<From> | undefined {
  return typeof name === 'string' && Object.hasOwn(handlers, name) ? handlers[name] : undefined
}

/** Transcripts, terminals, usage, and every name that is not known here. */
function drop(
  { counts }: Desk,
  connection: Sender,
  { name, arrived }: { readonly name: string; readonly arrived: Arrived },
): void {
  if (connection.drops.take()) {
    counts.dropped += 1
    arrived.reply?.(droppedEventAck(name))
  } else {
    counts.overLimit += 1
  }
}
