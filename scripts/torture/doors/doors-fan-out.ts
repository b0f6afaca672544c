import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { canonicalJson, type JsonObject } from '@holdfast/shared/metadata/json'
import type { Bench } from '../bench.ts'
import { floor, mergeReports, type Report } from '../finding.ts'
import { makeMutantLayout } from '../layout.ts'
import { between, pick } from '../random.ts'
import { needsNothing, type Scenario } from '../scenario.ts'
import { CuttingProxy } from './cutting-proxy.ts'
import { DoorHttp } from './door-http.ts'
import { DoorLane } from './door-lane.ts'
import { BRIEF_HUB } from './fan-out/brief-hub.ts'
import { Crowd } from './fan-out/crowd.ts'
import type { Find } from './fan-out/find.ts'
import type { SessionAt } from './fan-out/folded-sessions.ts'
import { PatchBook } from './fan-out/patch-book.ts'
import { PatchWriters } from './fan-out/patch-writers.ts'
import { readSessions } from './fan-out/read-sessions.ts'
import type { HubProcess } from './hub-process.ts'
import { pause } from './pause.ts'
import { uuidOf } from './uuid-of.ts'

/**
 * A hundred watchers follow everything that is written, over connections that are cut, torn and stalled, losing messages,
 * hearing them twice and in the wrong order, while the feed is pruned under those that are away and the hub is killed.
 * Each ends with what is stored, and none has met a gap that it did not see.
 */
export const doorsFanOut: Scenario = {
  name: 'doors-fan-out',
  obstacle: needsNothing,
  async run(bench, trial) {
    const patches = trial.reduced ? 1500 : bench.scale(3000, 50_000)
    const lives = trial.reduced ? 1 : bench.scale(2, 10)
    const layout = makeMutantLayout(bench, BRIEF_HUB, trial.layout)
    const lanes = trial.runtimes.map(async (runtime) => {
      const lane = await DoorLane.open(bench, {
        trial: { ...trial, layout },
        runtime,
        name: 'doors-fan-out',
      })
      return new FanOutLane(bench, lane, { patches, lives }).run()
    })
    const reports = await Promise.all(lanes)
    rmSync(dirname(layout.programs), { recursive: true, force: true })
    return mergeReports(reports)
  },
}

const SESSIONS = 20
const TROUBLE_EVERY_MS = 10
/** A hub is killed so long after more is being written. */
const KILLED_WITHIN_MS = 60
/** One mistake is met by every watcher, again and again. */
const MOST_FINDINGS = 50
/** The other changes are met in snapshots. */
const LEAST_TAKEN = 0.3
const LEAST_TOLD = 0.9

interface Amount {
  readonly patches: number
  /** The hub is killed at the end of each but the last. */
  readonly lives: number
}

class FanOutLane {
  readonly #bench: Bench
  readonly #lane: DoorLane
  readonly #amount: Amount
  readonly #book: PatchBook
  readonly #find: Find
  #hub: HubProcess | null = null
  #isCalm = false

  constructor(bench: Bench, lane: DoorLane, amount: Amount) {
    this.#bench = bench
    this.#lane = lane
    this.#amount = amount
    this.#find = (kind, what) => {
      if (lane.findings.length < MOST_FINDINGS)
        lane.findings.push({ kind, what: `on ${lane.runtime.name}, ${what}` })
    }
    this.#book = new PatchBook(this.#find)
  }

  async run(): Promise<Report> {
    if (!(await this.#start())) return this.#lane.end({})
    try {
      return await this.#fanOut()
    } finally {
      this.#dismiss()?.kill()
    }
  }

  async #fanOut(): Promise<Report> {
    const lane = this.#lane
    const { url, token, seed } = lane
    await using proxy = await CuttingProxy.open(lane.port, lane.random)
    await this.#makeSessions()
    const common = { token, seed, book: this.#book, find: this.#find, goesOn: () => lane.isSound }
    const snapshot = () => this.#readAll()
    const crowd = new Crowd({ ...common, url: proxy.url, snapshot })
    const writers = new PatchWriters({ ...common, url, keepsUp: () => crowd.keepsUp() })
    const trouble = this.#trouble(proxy)
    try {
      await this.#live(writers)
      this.#isCalm = true
      crowd.calm()
      await writers.touchAll()
      await crowd.converges()
    } finally {
      this.#isCalm = true
      writers.close()
      await Promise.all([crowd.close(), trouble])
    }
    if (lane.isSound) await this.#compare(crowd)
    await this.#end()
    return this.#report(crowd, proxy)
  }

  async #start(): Promise<boolean> {
    const hub = await this.#lane.start()
    this.#hub = hub
    if (hub !== null) void this.#attend(hub)
    return hub !== null
  }

  async #attend(hub: HubProcess): Promise<void> {
    await hub.ended
    if (this.#hub === hub) this.#lane.fell(hub)
  }

  /** From here on its end is no surprise. */
  #dismiss(): HubProcess | null {
    const hub = this.#hub
    this.#hub = null
    return hub
  }

  async #makeSessions(): Promise<void> {
    const { url, token, random } = this.#lane
    const http = new DoorHttp(url, () => token)
    for (let index = 0; index < SESSIONS; index += 1) {
      const session = uuidOf(random)
      const patch: JsonObject = { path: '/home/dev', host: 'host', n: 0 }
      const made = await http.create('default', { tag: `fan-out-${index}`, id: session, metadata: patch })
      if (made.kind !== 'answered' || made.status !== 200)
        throw new Error(`The session was not made: ${JSON.stringify(made)}`)
      this.#book.written({ session, version: 1, patch, changed: Object.keys(patch) })
    }
  }

  /** Everything is written, by the lives of a hub that is killed in the middle of it. */
  async #live(writers: PatchWriters): Promise<void> {
    const { patches, lives } = this.#amount
    const lane = this.#lane
    for (let life = 1; life <= lives && lane.isSound; life += 1) {
      const written = Math.round((patches * life) / lives)
      await writers.writeUntil(written)
      this.#bench.progress(`doors-fan-out on ${lane.runtime.name}: ${written} of ${patches} patches`)
      if (life === lives) return
      const more = writers.writeUntil(written + 1000)
      await pause(between(lane.random, 1, KILLED_WITHIN_MS))
      const hub = this.#dismiss()
      hub?.kill()
      await hub?.ended
      await this.#start()
      await more
    }
  }

  async #trouble(proxy: CuttingProxy): Promise<void> {
    const { random } = this.#lane
    const troubles = [() => proxy.cut(), () => proxy.tear(), () => proxy.stall()]
    while (!this.#isCalm && this.#lane.isSound) {
      await pause(between(random, 1, 2 * TROUBLE_EVERY_MS))
      pick(random, troubles)()
    }
  }

  #readAll(): Promise<ReadonlyMap<string, SessionAt> | null> {
    const { url, token } = this.#lane
    return readSessions({ url, token, find: this.#find }, this.#book.sessions)
  }

  /** Watchers, store and writers say the same. */
  async #compare({ watchers }: Crowd): Promise<void> {
    const stored = await this.#readAll()
    if (stored === null) return this.#find('fell', 'the sessions can not be read')
    this.#book.check()
    for (const [session, at] of stored) {
      const text = canonicalJson({ ...at })
      const written = canonicalJson({ ...this.#book.documentOf(session) })
      if (text !== written)
        this.#find('lost', `${session} is stored as ${text}, and what was acknowledged makes ${written}`)
      for (const { name, sessions } of watchers) {
        const known = canonicalJson({ ...sessions.at(session) })
        if (known !== text) this.#find('shown', `${name} has ${session} as ${known}, and it is ${text}`)
      }
    }
  }

  async #end(): Promise<void> {
    const hub = this.#dismiss()
    if (hub === null) return
    hub.terminate()
    const { code } = await hub.ended
    if (code !== 0) this.#find('end', `told to end, the hub ended: ${hub.ending()}`)
  }

  #report(crowd: Crowd, { cuts, tears, stalls }: CuttingProxy): Report {
    const lane = this.#lane
    const { taken, gaps, repeats, resyncs, connections, slept } = crowd.counts
    const faults = { cuts, tears, stalls, ...crowd.faults }
    const { writes, toldVersions } = this.#book
    const kills = this.#amount.lives - 1
    if (lane.isSound) {
      const watchers = crowd.watchers.length
      lane.findings.push(
        ...floor('patches', writes, this.#amount.patches),
        ...floor('changes taken in', taken, watchers * writes * LEAST_TAKEN),
        ...floor('versions told', toldVersions, writes * LEAST_TOLD),
        ...floor('watchers that slept', slept, 5),
        ...floor('resyncs', resyncs, slept / 2),
        ...Object.entries({ ...faults, gaps, repeats }).flatMap(([name, count]) => floor(name, count, 1)),
        ...floor('connections', connections, watchers + cuts / 2),
      )
    }
    const { findings } = lane.end({})
    const counts = { writes, kills, taken, resyncs, slept, connections, gaps, repeats, ...faults }
    return { counts, findings }
  }
}
