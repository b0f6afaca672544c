import { mixSeeds, seeded, type Random } from '../random.ts'
import { birth } from '../sample-metadata.ts'
import { NAMESPACES } from '../workload.ts'
import { shortText, type ClientParts, type DoorClient } from './door-client.ts'
import { DoorHttp } from './door-http.ts'
import type { Ledger, SessionPlace } from './ledger.ts'
import { OurClient } from './our-client.ts'
import { pause } from './pause.ts'
import { ReleasedClient } from './released-client.ts'
import { TrafficLight } from './traffic-light.ts'
import { uuidOf } from './uuid-of.ts'

export interface CrewSettings {
  /** Begins every id, so that no two crews on one database share one. */
  readonly name: string
  /** Where the hub is. */
  readonly url: string
  /** Where the clients think that it is; something may stand in between. */
  readonly clientUrl: string
  readonly token: string
  readonly ledger: Ledger
  readonly seed: number
  readonly clients: number
  readonly sessions: number
  /** How many calls each client of ours has under way; a released one has one. */
  readonly calls: number
}

/** How soon a client whose connection is down looks again. */
const LOOK_MS = 20
const CONNECT_MS = 20_000
const AT_ONCE = 16

/** The clients of one database, half of them ours and half as released ones are, several of them on each session. */
export class Crew {
  readonly light = new TrafficLight()
  readonly clients: readonly DoorClient[]
  readonly places: SessionPlace[]
  readonly #settings: CrewSettings
  readonly #loops: Promise<void>[]
  #isClosing = false

  private constructor(settings: CrewSettings, places: SessionPlace[]) {
    this.#settings = settings
    this.places = places
    const made = Array.from({ length: settings.clients }, (_, index) => this.#client(index))
    for (const [index, client] of made.entries())
      if (client instanceof OurClient) client.twin = twinOf(client, [...made.slice(index + 1), ...made])
    this.clients = made
    this.#loops = made.flatMap((client) => {
      const calls = client instanceof OurClient ? settings.calls : 1
      return Array.from({ length: calls }, () => this.#loop(client))
    })
  }

  /** Makes the sessions over HTTP, and then the clients; they do nothing until the light is green. */
  static async open(settings: CrewSettings): Promise<Crew> {
    const random = seeded(mixSeeds(settings.seed, 77))
    const places: SessionPlace[] = []
    for (let index = 0; index < settings.sessions; index += 1)
      places.push(await born(settings, index, random))
    return new Crew(settings, places)
  }

  /** Everybody has a connection; false where that does not come about. */
  async connected(): Promise<boolean> {
    const all = await Promise.all(this.clients.map((client) => client.connected(CONNECT_MS)))
    return all.every(Boolean)
  }

  /** Reads every session once, so that what is there now is held against all that was seen before. */
  async readAll(): Promise<Map<string, number>> {
    const [reader] = this.clients
    const { ledger, url } = this.#settings
    const http = httpOf(this.#settings, url)
    const versions = new Map<string, number>()
    for (let at = 0; at < this.places.length; at += AT_ONCE) {
      const some = this.places.slice(at, at + AT_ONCE)
      const read = await Promise.all(some.map(async (place) => (await reader?.read(place, http)) ?? null))
      for (const [index, version] of read.entries()) {
        const place = some[index]
        if (place === undefined) continue
        if (version !== null) versions.set(place.session, version)
        else ledger.find('unanswered', `${place.namespace}/${place.session} can not be read`)
      }
    }
    return versions
  }

  /** With the light red: sends again what has no answer, until everything has one. */
  async settle(): Promise<boolean> {
    for (let round = 0; round < 20; round += 1) {
      await this.connected()
      const settled = await Promise.all(this.clients.map((client) => client.settle()))
      if (settled.every(Boolean)) return true
    }
    return false
  }

  /** With the light red: each session changes once more, and everybody who listens to it learns of that in time. */
  async converge(withinMs: number): Promise<void> {
    await this.connected()
    const touched = new Map<string, OurClient>()
    for (const client of this.clients)
      if (client instanceof OurClient) touched.set(client.place.session, client)
    await Promise.all([...touched.values()].map((client) => client.touch()))
    const versions = await this.readAll()
    const behind = (): DoorClient[] =>
      this.clients.filter((client) => client.knownVersion < (versions.get(client.place.session) ?? 0))
    const end = Date.now() + withinMs
    while (behind().length > 0 && Date.now() < end) await pause(10)
    for (const client of behind()) {
      const actual = versions.get(client.place.session)
      client.problem('shown', `knows version ${client.knownVersion} and was never told of version ${actual}`)
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true
    for (const client of this.clients) client.close()
    this.light.go()
    await Promise.all(this.#loops)
  }

  #client(index: number): DoorClient {
    const { name, ledger, seed, clientUrl } = this.#settings
    const place = this.places[index % this.places.length]
    if (place === undefined) throw new Error('There is no session.')
    const parts: ClientParts = {
      name: `${name}-c${index}`,
      place,
      places: this.places,
      url: clientUrl,
      token: tokenOf(this.#settings, place.namespace),
      http: httpOf(this.#settings, clientUrl),
      ledger,
      random: seeded(mixSeeds(seed, index, 5)),
    }
    const isOurs = Math.floor(index / this.places.length) % 2 === 0
    return isOurs ? new OurClient(parts) : new ReleasedClient(parts)
  }

  async #loop(client: DoorClient): Promise<void> {
    while (!this.#isClosing)
      await this.light.pass(async () => {
        if (!this.#isClosing && (await client.connected(LOOK_MS))) await client.step()
      })
  }
}

/** The next client of ours that may send what this one sends. */
function twinOf(client: OurClient, others: readonly DoorClient[]): OurClient {
  const { namespace } = client.place
  const isTwin = (other: DoorClient): other is OurClient =>
    other instanceof OurClient && other.place.namespace === namespace
  return others.find(isTwin) ?? client
}

function tokenOf({ token }: CrewSettings, namespace: string): string {
  return `${token}:${namespace}`
}

function httpOf(settings: CrewSettings, url: string): DoorHttp {
  return new DoorHttp(url, (namespace) => tokenOf(settings, namespace))
}

async function born(settings: CrewSettings, index: number, random: Random): Promise<SessionPlace> {
  const { name, url, ledger } = settings
  const namespace = NAMESPACES[index % NAMESPACES.length] ?? NAMESPACES[0]
  const id = `${name}-born-in-a-crew-${index}`
  const place = { namespace, session: uuidOf(random) }
  const metadata = { ...birth(random, id, shortText), lastWrite: id }
  const write = ledger.begin({ id, ...place, kind: 'create', metadata })
  const made = await httpOf(settings, url).create(namespace, { tag: id, id: place.session, metadata })
  if (made.kind !== 'answered' || made.status !== 200)
    throw new Error(`The first session was not made: ${JSON.stringify(made)}`)
  ledger.acknowledge(write, { id, version: 1, effective: true, tokens: {} })
  ledger.bornState(place, write)
  return place
}
