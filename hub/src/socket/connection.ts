import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { SessionSettings } from '@holdfast/shared/protocol/session-settings'
import type { ErrorEvent } from '@holdfast/shared/protocol/down/error'
import type { RpcRequest } from '@holdfast/shared/protocol/down/rpc-request'
import { printable } from '@holdfast/shared/protocol/printable'
import type { Actor } from '@holdfast/shared/records/actor'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { Socket } from 'socket.io'
import { actorOf, mayDo, type Caller } from '../auth/caller.ts'
import { machineRoom, patchesRoom, wholeRoom } from '../feed/rooms.ts'
import type { ConnectionId } from '../live/presence.ts'
import type { CallHolder } from '../live/rpc-registry.ts'
import type { Guest } from './admit.ts'
import type { Directory, Scope } from './directory.ts'
import type { OwnRun } from './own-run.ts'
import { SOCKET_LIMITS } from './socket-limits.ts'
import { TokenBucket } from './token-bucket.ts'

/** Why an event could not be served, because of which session or machine. */
export interface Complaint {
  readonly scope: Scope
  readonly id: string
  readonly refusal: Refusal
}

/** One client's connection: who speaks, for what, and how much of it is under way. */
export class Connection implements CallHolder {
  readonly id: ConnectionId
  readonly caller: Caller
  readonly mayWrite: boolean
  readonly directory: Directory
  readonly signs: TokenBucket
  readonly drops: TokenBucket
  /** Null for a client that knows no runs. */
  readonly ownRun: OwnRun | null
  /** What it last said that its sessions are set to. */
  readonly settings = new Map<string, SessionSettings>()
  /** Writes that are not answered yet, and errors that wait to be told. */
  writes = 0
  waitingErrors = 0
  /** One object for all that this connection writes. */
  #actor: Actor
  readonly #socket: Socket
  readonly #guest: Guest
  readonly #complaints: TokenBucket
  /** Ends the wait of each call that it was asked and has not answered. */
  readonly #asked = new Set<(reason: Error) => void>()

  constructor(
    socket: Socket,
    guest: Guest,
    { now, ownRun }: { readonly now: () => number; readonly ownRun: OwnRun | null },
  ) {
    const { caller, isOurs, own, directory } = guest
    this.#socket = socket
    this.#guest = guest
    this.id = socket.id
    this.caller = caller
    this.mayWrite = mayDo(caller, 'agent')
    this.directory = directory
    this.ownRun = ownRun
    this.signs = new TokenBucket(SOCKET_LIMITS.signs, now)
    this.drops = new TokenBucket(SOCKET_LIMITS.dropped, now)
    this.#complaints = new TokenBucket(SOCKET_LIMITS.complaints, now)
    const { session, machine } = own
    const isMachineThere = machine !== null && directory.isKnown('machine', machine)
    this.#actor = actorOf(caller, isOurs ? 'socket' : 'hapi', isMachineThere ? { machine } : {})
    if (isMachineThere) this.#join('machine', machine)
    if (session !== null && directory.isKnown('session', session)) this.#join('session', session)
    ownRun?.arrived(this)
  }

  get isOpen(): boolean {
    return this.#socket.connected
  }

  get actor(): Actor {
    return this.#actor
  }

  /** It turned out to be this run's: what it writes from here on is written by the run, where the run is. */
  speaksAs({ id: run, machineId, runtimeId }: RunRecord): void {
    if (this.#actor.run === run) return
    this.#actor = {
      ...this.#actor,
      run,
      ...(machineId === null ? {} : { machine: machineId }),
      ...(runtimeId === null ? {} : { runtime: runtimeId }),
    }
  }

  /** Which it is of those that the connection speaks for; null for anything else. */
  scopeOf(id: string): Scope | null {
    if (this.#guest.own.session === id) return 'session'
    return this.#guest.own.machine === id ? 'machine' : null
  }

  /** Something turned out to be in its namespace; if it is its own, it is told of it from here on. */
  found(scope: Scope, id: string): void {
    if (this.directory.isKnown(scope, id)) return
    this.directory.note(scope, id)
    if (this.#guest.own[scope] === id) this.#join(scope, id)
  }

  /** Whether it is in its namespace. */
  async find(scope: Scope, id: string): Promise<boolean> {
    if (this.directory.isKnown(scope, id)) return true
    const isThere = await this.directory.has(scope, id)
    if (isThere && this.#guest.own[scope] === id) this.#join(scope, id)
    return isThere
  }

  /** Tells it why an event that asks for no ack was not served; false where it was told too often. */
  complain({ scope, id, refusal: { code, message } }: Complaint): boolean {
    if (!this.#complaints.take()) return false
    const event: ErrorEvent = { message, code, scope, id: printable(id) }
    return this.#socket.emit('error', event)
  }

  ask(request: { readonly method: string; readonly params: string; readonly timeoutMs: number }) {
    const { method, params, timeoutMs } = request
    return new Promise<unknown>((resolve, reject) => {
      if (!this.isOpen) return reject(new Error('The connection has ended.'))
      this.#asked.add(reject)
      const call: RpcRequest = { method, params }
      this.#socket.timeout(timeoutMs).emit('rpc-request', call, (late: Error | null, answer: unknown) => {
        this.#asked.delete(reject)
        if (late !== null) reject(late)
        else if (isTooLong(answer)) reject(new Error('The answer is too long.'))
        else resolve(answer)
      })
    })
  }

  /** To be called once, when the connection has ended. */
  ended(): void {
    for (const reject of this.#asked) reject(new Error('The connection has ended.'))
    this.#asked.clear()
  }

  /** A viewer is told nothing here, since what is told here is whole: it watches, where tokens are masked. */
  #join(scope: Scope, id: string): void {
    if (!this.mayWrite) return
    const { namespace } = this.caller
    const key = { namespace, session: id }
    const room =
      scope === 'machine'
        ? machineRoom({ namespace, machine: id })
        : this.#guest.isOurs
          ? patchesRoom(key)
          : wholeRoom(key)
    void this.#socket.join(room)
  }
}

function isTooLong(answer: unknown): boolean {
  return typeof answer === 'string' && answer.length > SOCKET_LIMITS.answerLength
}
