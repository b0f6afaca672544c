import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { CALLS, type CallName } from '@holdfast/shared/protocol/calls'
import { rpcMethod } from '@holdfast/shared/protocol/rpc/method'
import { readRpcAnswer, type RpcAnswer } from '@holdfast/shared/protocol/rpc/read-rpc-answer'
import type { z } from 'zod'
import type { CallAnswer, CallParams, CallResult, CallTarget } from './calls.ts'
import { GoneConnections } from './gone-connections.ts'
import type { ConnectionId } from './presence.ts'
import type { CallHolder, RpcRegistry } from './rpc-registry.ts'

/**
 * A released client registers about 35 names of at most 64 characters after its id, and is asked one thing at a time.
 * `holders`: connections that are remembered per method; a method has more than one only while a client replaces itself.
 */
export const RPC_LIMITS = { names: 512, nameLength: 512, inFlight: 64, holders: 8 } as const

const LOST = { kind: 'lost' } as const
const ABSENT = { kind: 'absent' } as const

/** What is known of a connection that answers calls. */
interface Registrar {
  readonly names: Set<string>
  /** Ends the wait of each call that it was asked and has not answered. */
  readonly waiting: Set<() => void>
}

/** Which connection of this process answers which method, by (namespace, method). */
export class LiveRpcRegistry implements RpcRegistry {
  /** The newest holder is the last. */
  readonly #holders = new Map<string, readonly CallHolder[]>()
  readonly #registrars = new Map<ConnectionId, Registrar>()
  readonly #gone = new GoneConnections()

  register(namespace: string, method: string, holder: CallHolder): Refusal | null {
    if (this.#gone.has(holder.id)) return null
    if (method.length > RPC_LIMITS.nameLength) {
      const [limit, actual] = [RPC_LIMITS.nameLength, method.length]
      return refuse('too_large', `The name of a method has at most ${limit} characters.`, { limit, actual })
    }
    const { names } = this.#registrarOf(holder.id)
    const key = keyOf(namespace, method)
    if (names.size >= RPC_LIMITS.names && !names.has(key)) {
      const limit = RPC_LIMITS.names
      const message = `A connection registers at most ${limit} methods; unregister some first.`
      return refuse('too_large', message, { limit, actual: limit + 1 })
    }
    names.add(key)
    const others = this.#othersThan(holder.id, key)
    this.#holders.set(key, [...others.slice(1 - RPC_LIMITS.holders), holder])
    return null
  }

  unregister(namespace: string, method: string, connection: ConnectionId): void {
    const key = keyOf(namespace, method)
    if (this.#registrars.get(connection)?.names.delete(key) === true) this.#withdraw(key, connection)
  }

  disconnected(connection: ConnectionId): void {
    this.#gone.add(connection)
    const registrar = this.#registrars.get(connection)
    if (registrar === undefined) return
    this.#registrars.delete(connection)
    for (const key of registrar.names) this.#withdraw(key, connection)
    for (const endWait of registrar.waiting) endWait()
  }

  isAnswered(name: CallName, { namespace, id }: CallTarget): boolean {
    return this.#holders.has(keyOf(namespace, rpcMethod(id, name)))
  }

  async call<Name extends CallName>(
    name: Name,
    target: CallTarget,
    request: { readonly params: CallParams<Name>; readonly timeoutMs: number },
  ): Promise<CallResult<CallAnswer<Name>>> {
    const params = JSON.stringify(CALLS[name].params.parse(request.params))
    const method = rpcMethod(target.id, name)
    const holder = this.#holders.get(keyOf(target.namespace, method))?.at(-1)
    if (holder === undefined) return ABSENT
    const { waiting } = this.#registrarOf(holder.id)
    if (waiting.size >= RPC_LIMITS.inFlight) {
      const message = `${waiting.size} calls wait for this client's answers already; nothing was asked. Try again shortly.`
      return refuse('overloaded', message, { limit: RPC_LIMITS.inFlight, actual: waiting.size + 1 })
    }
    const ack = await ackOrLost(waiting, () => holder.ask({ method, params, timeoutMs: request.timeoutMs }))
    return ack === LOST ? LOST : readAnswer(name, ack)
  }

  #registrarOf(connection: ConnectionId): Registrar {
    const known = this.#registrars.get(connection)
    if (known !== undefined) return known
    const registrar: Registrar = { names: new Set(), waiting: new Set() }
    this.#registrars.set(connection, registrar)
    return registrar
  }

  #othersThan(connection: ConnectionId, key: string): readonly CallHolder[] {
    return (this.#holders.get(key) ?? []).filter(({ id }) => id !== connection)
  }

  #withdraw(key: string, connection: ConnectionId): void {
    const left = this.#othersThan(connection, key)
    if (left.length === 0) this.#holders.delete(key)
    else this.#holders.set(key, left)
  }
}

/** Waits for an ack, until the connection ends. Why none came is not told apart: the call may have been carried out. */
async function ackOrLost(waiting: Set<() => void>, ask: () => Promise<unknown>): Promise<unknown> {
  let endWait: (() => void) | undefined
  const ended = new Promise<typeof LOST>((resolve) => {
    endWait = () => resolve(LOST)
    waiting.add(endWait)
  })
  try {
    return await Promise.race([ask(), ended])
  } catch {
    // No ack in time, or a connection that ended.
    return LOST
  } finally {
    if (endWait !== undefined) waiting.delete(endWait)
  }
}

function readAnswer<Name extends CallName>(name: Name, ack: unknown): RpcAnswer<CallAnswer<Name>> {
  return readRpcAnswer(CALLS[name].answer as z.ZodType<CallAnswer<Name>>, ack)
}

/** Both parts are needed, and apart: a method begins with an id, and another tenant may have chosen the same. */
function keyOf(namespace: string, method: string): string {
  return JSON.stringify([namespace, method])
}
