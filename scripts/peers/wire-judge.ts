import { isDeepStrictEqual } from 'node:util'
import { EVENTS, type EventShape } from '@holdfast/shared/protocol/events'
import { handshakeAuth } from '@holdfast/shared/protocol/handshake-auth'
import { isJsonObject } from '@holdfast/shared/metadata/json'
import { releasedAgentState } from '@holdfast/shared/protocol/released/agent-state'
import { releasedMachineMetadata } from '@holdfast/shared/protocol/released/machine-metadata'
import { repairText } from '@holdfast/shared/protocol/released/repair-text'
import { releasedRunnerState } from '@holdfast/shared/protocol/released/runner-state'
import { releasedSessionMetadata } from '@holdfast/shared/protocol/released/session-metadata'
import type { z } from 'zod'
import { judgeExchange } from './judge-exchange.ts'
import type { SocketIoPacket } from './socket-io-packet.ts'
import type { WireRecord } from './wire-record.ts'

const NAMESPACE = '/cli'
const UP: { readonly [event: string]: EventShape } = EVENTS[NAMESPACE].up
const DOWN: { readonly [event: string]: EventShape } = EVENTS[NAMESPACE].down

/** In which member an ack gives the whole value, and as what a released client reads it. */
const VALUES: { readonly [event: string]: { readonly member: string; readonly reader: z.ZodType } } = {
  'update-metadata': { member: 'metadata', reader: releasedSessionMetadata },
  'update-state': { member: 'agentState', reader: releasedAgentState },
  'machine-update-metadata': { member: 'metadata', reader: releasedMachineMetadata },
  'machine-update-state': { member: 'runnerState', reader: releasedRunnerState },
}

/** What is wrong with ending a connection in a way that a released client takes for the hub's last word. */
export const SENT_AWAY = 'after which a released client never comes back'

type Packet = Extract<WireRecord, { kind: 'packet' }>
type Event = Extract<SocketIoPacket, { type: 'event' }>

/**
 * Holds everything that was said against the schemas of the protocol: what the client said, because then the schemas are
 * wrong; what the hub said, because then the hub is. Gives one line for each thing that does not fit.
 */
export function judgeWire(records: readonly WireRecord[]): string[] {
  const asked = new Map<string, Event>()
  return records.flatMap((record) => {
    if (record.kind === 'unreadable') return [`${record.from}: ${record.why}`]
    if (record.kind === 'exchange') return judgeExchange(record)
    return judgePacket(record, asked).map((problem) => `${record.from}: ${problem}`)
  })
}

function judgePacket({ connection, from, packet }: Packet, asked: Map<string, Event>): string[] {
  if (packet.namespace !== NAMESPACE) return [`${packet.type} in the namespace ${packet.namespace}`]
  switch (packet.type) {
    case 'connect':
      return from === 'client' ? problems('the handshake', handshakeAuth, packet.data) : []
    case 'disconnect':
      return from === 'hub' ? [`a disconnect, ${SENT_AWAY}`] : []
    case 'connect-error':
      return [`a refused handshake, ${SENT_AWAY}`]
    case 'event':
      if (packet.id !== null) asked.set(`${connection} ${from} ${packet.id}`, packet)
      return judgeEvent(packet, from)
    case 'ack': {
      const by = from === 'hub' ? 'client' : 'hub'
      const event = asked.get(`${connection} ${by} ${packet.id}`)
      return event === undefined ? [`an ack ${packet.id} of nothing`] : judgeAck(event, packet.args, by)
    }
  }
}

function judgeEvent({ name, args }: Event, from: 'client' | 'hub'): string[] {
  const events = from === 'client' ? UP : DOWN
  const shape = Object.hasOwn(events, name) ? events[name] : undefined
  if (shape !== undefined) return problems(name, shape.payload, args[0])
  // Clients may send what the hub does not know; the hub must not.
  return from === 'client' ? [] : [`the event ${name} is not of this protocol`]
}

function judgeAck(event: Event, args: readonly unknown[], askedBy: 'client' | 'hub'): string[] {
  const { name } = event
  const events = askedBy === 'client' ? UP : DOWN
  const shape = Object.hasOwn(events, name) ? events[name] : undefined
  if (shape?.ack === undefined) return []
  const answer = args[0]
  return [...problems(`the ack of ${name}`, shape.ack, answer), ...judgeValue(event, answer)]
}

/** The value in an ack must be one that the client can read, and hold all that the client has sent. */
function judgeValue({ name, args }: Event, answer: unknown): string[] {
  const value = VALUES[name]
  if (value === undefined || !isJsonObject(answer) || answer['result'] === 'error') return []
  const told = answer[value.member]
  const unread = problems(`what the ack of ${name} gives back`, value.reader, told)
  const sent = isJsonObject(args[0]) ? args[0][value.member] : undefined
  if (answer['result'] !== 'success' || 'refused' in answer || !isJsonObject(sent)) return unread
  const kept = isJsonObject(told) ? told : {}
  const changed = Object.keys(sent).filter(
    (field) => sent[field] !== null && !isDeepStrictEqual(kept[field], repairText(sent[field])),
  )
  return changed.length === 0 ? unread : [...unread, `${name} was acked with another ${changed.join(', ')}`]
}

function problems(what: string, schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value)
  if (parsed.success) return []
  const issue = parsed.error.issues[0]
  return [`${what} does not fit at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`]
}
