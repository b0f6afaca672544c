import type { LiveMachine } from '@holdfast/shared/protocol/released/machine-for-released-client'
import type { LiveSession } from '@holdfast/shared/protocol/released/session-for-released-client'
import type { MachineKey, SessionKey } from '../store/store.ts'
import { GoneConnections } from './gone-connections.ts'
import { Liveness } from './liveness.ts'
import type { Alive, ConnectionId, Presence } from './presence.ts'

/** Of how many sessions, and of how many machines, it is known when they were last alive. */
const REMEMBERED = 100_000

/** Liveness as the connections of this process say it; times are when the hub heard it, whatever a client's clock says. */
export class LivePresence implements Presence {
  readonly #now: () => number
  readonly #sessions: Liveness
  readonly #machines: Liveness
  readonly #gone = new GoneConnections()
  readonly #listeners = new Set<(session: SessionKey) => void>()

  constructor(now: () => number, remembered: number = REMEMBERED) {
    this.#now = now
    this.#sessions = new Liveness(remembered, (name) => this.#sessionChanged(name))
    this.#machines = new Liveness(remembered, () => undefined)
  }

  sessionAlive(session: SessionKey, connection: ConnectionId, { thinking }: Alive): void {
    if (this.#gone.has(connection)) return
    this.#sessions.alive(sessionName(session), connection, { thinking, at: this.#now() })
  }

  sessionEnded(session: SessionKey, connection: ConnectionId): void {
    if (this.#gone.has(connection)) return
    this.#sessions.ended(sessionName(session), connection)
  }

  machineAlive(machine: MachineKey, connection: ConnectionId): void {
    if (this.#gone.has(connection)) return
    this.#machines.alive(machineName(machine), connection, { thinking: false, at: this.#now() })
  }

  disconnected(connection: ConnectionId): void {
    this.#gone.add(connection)
    this.#sessions.disconnected(connection)
    this.#machines.disconnected(connection)
  }

  session(session: SessionKey): LiveSession {
    return this.#sessions.of(sessionName(session))
  }

  machine(machine: MachineKey): LiveMachine {
    const { active, activeAt } = this.#machines.of(machineName(machine))
    return { active, activeAt }
  }

  *activeSessions(namespace: string): Iterable<string> {
    for (const name of this.#sessions.active()) {
      const key = sessionOf(name)
      if (key.namespace === namespace) yield key.session
    }
  }

  onChange(listener: (session: SessionKey) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  sessionInactive(session: SessionKey, withinMs: number): Promise<boolean> {
    if (!this.session(session).active) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        stopListening()
        resolve(false)
      }, withinMs).unref()
      const stopListening = this.#sessions.onInactive(sessionName(session), () => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }

  #sessionChanged(name: string): void {
    if (this.#listeners.size === 0) return
    const session = sessionOf(name)
    for (const listener of this.#listeners) listener(session)
  }
}

/** Both parts are needed, and apart: ids are chosen by clients, and may be those of another tenant. */
function sessionName({ namespace, session }: SessionKey): string {
  return JSON.stringify([namespace, session])
}

function sessionOf(name: string): SessionKey {
  const [namespace, session] = JSON.parse(name) as [namespace: string, session: string]
  return { namespace, session }
}

function machineName({ namespace, machine }: MachineKey): string {
  return JSON.stringify([namespace, machine])
}
