// Fills a small file system and frees it again, in a process of its own, since the file system ends with it.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { openSqliteStore, type SqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { checkStore } from './check-store.ts'
import type { Finding, Report } from './finding.ts'
import { codeOf, perform } from './perform.ts'
import { between, seeded, type Random } from './random.ts'
import { boundLife, say } from './say.ts'
import type { LogEvent, Operation } from './write-log.ts'

export interface DiskFullSettings {
  /** On the small file system. */
  readonly folder: string
  /** What this process prints, so that it can check itself, and where its report goes. */
  readonly log: string
  readonly result: string
  readonly seed: number
  readonly rounds: number
  /** How long it stays full in each round: longer than the store's own timer. */
  readonly waitMs: number
}

const FILLER_BYTES = 250 * 1024
const MOST_WRITES = 4000
const key = { namespace: 'torture', session: 'session-0' }

class FullDisk {
  readonly #settings: DiskFullSettings
  readonly #random: Random
  readonly #findings: Finding[] = []
  readonly #counts = { acks: 0, refusals: 0, rounds: 0, heals: 0 }
  #sent = 0

  constructor(settings: DiskFullSettings) {
    this.#settings = settings
    this.#random = seeded(settings.seed)
  }

  async run(): Promise<Report> {
    const { rounds } = this.#settings
    for (let round = 0; round < rounds; round += 1) this.#fill(round)
    let store = await this.#open()
    await this.#send(store, { ...key, kind: 'create', metadata: { path: '/home/dev', host: 'host' } })
    for (let round = 0; round < rounds; round += 1) {
      await this.#round(store, round)
      if (round > 0) continue
      await store.close()
      store = await this.#open()
    }
    await store.close()
    const { log } = this.#settings
    const ownLog = `${log}.checker`
    const job = { database: this.#database, logs: [log], ownLog, seed: 1, repeats: 30 }
    const checked = await checkStore(job)
    return { counts: this.#counts, findings: [...this.#findings, ...checked.findings] }
  }

  get #database(): string {
    return join(this.#settings.folder, 'data', 'holdfast.db')
  }

  #open(): Promise<SqliteStore> {
    return openSqliteStore(this.#database, { checkpointPages: 50 })
  }

  #filler(round: number): string {
    return join(this.#settings.folder, `filler-${round}`)
  }

  #fill(round: number): void {
    writeFileSync(this.#filler(round), Buffer.alloc(FILLER_BYTES, 1))
  }

  async #round(store: SqliteStore, round: number): Promise<void> {
    await this.#writeUntilFull(store)
    await this.#readWhileFull(store)
    await new Promise((resolve) => setTimeout(resolve, this.#settings.waitMs))
    await Promise.all(Array.from({ length: 8 }, () => this.#send(store, this.#patch())))
    await this.#readWhileFull(store)
    rmSync(this.#filler(round))
    const code = await this.#send(store, this.#patch())
    if (code === null) this.#counts.heals += 1
    else this.#find(`with space again, the first write was answered ${code}`)
    this.#counts.rounds += 1
  }

  async #writeUntilFull(store: SqliteStore): Promise<void> {
    let refusedInARow = 0
    for (let count = 0; refusedInARow < 5; count += 1) {
      if (count > MOST_WRITES) return this.#find('the file system never became full')
      refusedInARow = (await this.#send(store, this.#patch())) === null ? 0 : refusedInARow + 1
    }
  }

  async #readWhileFull(store: SqliteStore): Promise<void> {
    try {
      const record = await store.readSession(key)
      const page = await store.sessionHistory({ ...key, limit: 5 })
      const feed = await store.readFeed({ namespace: key.namespace, after: 0, limit: 5 })
      if (record === null || page?.items.length === 0 || feed.kind !== 'changes')
        this.#find('on a full disk, a read found nothing')
    } catch (error) {
      this.#find(`on a full disk, a read was answered ${codeOf(error)}`)
    }
  }

  #patch(): { kind: 'patch'; patch: JsonObject } & typeof key {
    const patch = { text: 'x'.repeat(between(this.#random, 100, 9000)), at: this.#sent }
    return { ...key, kind: 'patch', patch }
  }

  /** The code of a refusal, which must be the one for a full disk; null when it was written. */
  async #send(store: SqliteStore, op: Unnamed): Promise<string | null> {
    this.#sent += 1
    const named: Operation = { ...op, id: `full-${String(this.#sent).padStart(12, '0')}` }
    say({ e: 'sent', op: named })
    const event = await outcome(store, named)
    say(event)
    if (event.e === 'ack') {
      this.#counts.acks += 1
      return null
    }
    this.#counts.refusals += 1
    const code = event.e === 'declined' ? event.code : event.e
    if (code !== 'storage_full') this.#find(`on a full disk, a write was answered ${code}`)
    return code
  }

  #find(what: string): void {
    this.#findings.push({ kind: 'full-disk', what })
  }
}

type Unnamed =
  | ({ kind: 'patch'; patch: JsonObject } & typeof key)
  | ({ kind: 'create'; metadata: JsonObject } & typeof key)

async function outcome(store: SqliteStore, op: Operation): Promise<LogEvent> {
  try {
    const done = await perform(store, op)
    if (done.kind === 'written') return { e: 'ack', ack: done.ack }
    return { e: 'declined', id: op.id, code: done.code }
  } catch (error) {
    return { e: 'declined', id: op.id, code: codeOf(error) }
  }
}

const settings = JSON.parse(process.argv[2] ?? '{}') as DiskFullSettings
boundLife(60_000)
const report = await new FullDisk(settings).run()
writeFileSync(settings.result, JSON.stringify(report))
