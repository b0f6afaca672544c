import type { CliUpEvent } from '@holdfast/shared/protocol/events'
import { droppedEventAck } from '@holdfast/shared/protocol/dropped-event'
import type { Connection } from './connection.ts'
import type { Desk } from './desk.ts'
import type { EventHandlers } from './event-handlers.ts'
import type { Arrived, Reply } from './event-handler.ts'

/** An event as the socket library hands it over: its name, its arguments, and the ack where one is asked for. */
export type RawEvent = readonly unknown[]

/**
 * The one way in for every event. Nothing gets out of it: an error that left a listener of the socket library would end
 * the hub.
 */
export function takeEvent(
  desk: Desk,
  handlers: EventHandlers,
): (connection: Connection, event: RawEvent) => void {
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
      if (!isServed(handlers, name)) return drop(desk, connection, { name: String(name), arrived })
      handlers[name](connection, arrived)?.catch((error: unknown) => desk.failed(error))
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

function isServed(handlers: EventHandlers, name: unknown): name is CliUpEvent {
  return typeof name === 'string' && Object.hasOwn(handlers, name)
}

/** Transcripts, terminals, usage, and every name that is not known here. */
function drop(
  { counts }: Desk,
  connection: Connection,
  { name, arrived }: { readonly name: string; readonly arrived: Arrived },
): void {
  if (connection.drops.take()) {
    counts.dropped += 1
    arrived.reply?.(droppedEventAck(name))
  } else {
    counts.overLimit += 1
  }
}
