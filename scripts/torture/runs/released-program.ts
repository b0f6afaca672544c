import { between, chance, pick } from '../random.ts'
import type { World } from './world.ts'

const ALIVE_MS = 2000

/** A client that knows no runs: it says that it is alive, writes its session's metadata whole, and says that it ended. */
export class ReleasedProgram {
  readonly #world: World
  readonly #session: string
  readonly #flavor: string
  readonly #machineId: string
  #connection: string | null = null
  #hub: unknown = null
  #isAlive = true

  constructor(world: World, place: { session: string; flavor: string; machineId: string }) {
    this.#world = world
    this.#session = place.session
    this.#flavor = place.flavor
    this.#machineId = place.machineId
    const { agenda, random } = world
    agenda.after(between(random, 200, 5000), 'a released client learns its token', () => this.#write())
    agenda.after(between(random, 4000, 60_000), 'a released client ends', () => this.#end())
    this.#sayAlive()
  }

  get #key(): { namespace: string; session: string } {
    return { namespace: this.#world.namespace, session: this.#session }
  }

  /** A connection ends with its hub, and now and then by itself. */
  #sayAlive(): void {
    const { agenda, random, actor } = this.#world
    if (!this.#isAlive) return
    const hub = this.#world.hub()
    if (hub !== this.#hub) {
      this.#hub = hub
      this.#connection = null
    }
    if (hub !== null) {
      if (this.#connection !== null && chance(random, 0.03)) this.#disconnect(chance(random, 0.5))
      this.#connection ??= this.#world.newId()
      const speaker = { id: this.#connection, actor: { ...actor, machine: this.#machineId } }
      hub.released.alive(this.#key, speaker, { thinking: chance(random, 0.5) })
      this.#world.ledger.alive(this.#session, agenda.now)
    }
    agenda.after(ALIVE_MS, 'a released client is alive', () => this.#sayAlive())
  }

  #disconnect(isNoticed: boolean): void {
    const connection = this.#connection
    if (connection !== null && isNoticed) this.#world.hub()?.released.disconnected(connection)
    this.#connection = null
  }

  /** A whole document, as it stands in its cache, with a token. */
  #write(): void {
    const { network, store, actor, namespace } = this.#world
    if (!this.#isAlive) return
    const session = this.#session
    const flavor = this.#flavor
    const token = this.#world.tokenFor({ session, flavor })
    const metadata = {
      path: '/projects/one',
      host: 'box',
      flavor,
      machineId: this.#machineId,
      [`${flavor}SessionId`]: token,
    }
    network.send({
      name: `a released client of ${session} has ${token}`,
      ask: async () => {
        const expectedVersion = (await store.readSession({ namespace, session }))?.metadataVersion ?? 0
        await store.updateSessionMetadata({ namespace, session, actor, metadata, expectedVersion })
      },
      got: () => undefined,
    })
  }

  #end(): void {
    const { random } = this.#world
    this.#isAlive = false
    const connection = this.#connection
    const hub = this.#world.hub()
    if (connection === null || hub === null || hub !== this.#hub) return
    if (chance(random, 0.7)) {
      const reason = pick(random, ['completed', 'terminated', 'error', null] as const) ?? undefined
      hub.released.ended(this.#key, connection, reason)
      this.#world.ledger.alive(this.#session, null)
    }
    this.#disconnect(chance(random, 0.7))
  }
}
