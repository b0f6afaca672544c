// Fills the small file system on which a hub lives and frees it again, in a process of its own: the file system ends with it.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding, Report } from '../finding.ts'
import { between, seeded, type Random } from '../random.ts'
import type { Runtime } from '../runtimes.ts'
import { boundLife } from '../say.ts'
import { DoorSocket } from './door-socket.ts'
import { freePort } from './free-port.ts'
import { HubProcess } from './hub-process.ts'
import { pause } from './pause.ts'

export interface DoorsFullSettings {
  readonly runtime: Runtime
  /** The hub's main program. */
  readonly program: string
  /** On the small file system: the home of the hub, its log, and what fills it. */
  readonly folder: string
  /** Where the report goes. */
  readonly result: string
  readonly seed: number
  readonly rounds: number
}

const TOKEN = 'x7Kq2mVw9TzRb4HdPcL8sNf3'
const FILLER_BYTES = 250 * 1024
const MOST_WRITES = 4000
const REFUSED_IN_A_ROW = 5
/** Readiness is looked at once a second. */
const READY_MS = 5000
/** On a disk that has no room for a patch there may still be room for the one page of a look, so this is only counted. */
const NOT_READY_MS = 2500

interface Answer {
  readonly status: number
  readonly body: { readonly [name: string]: unknown }
}

function isNotReady({ status, body }: Answer): boolean {
  return status === 507 && body['code'] === 'storage_full'
}

class FullDoors {
  readonly #settings: DoorsFullSettings
  readonly #random: Random
  readonly #findings: Finding[] = []
  readonly #counts = { acks: 0, refusals: 0, rounds: 0, heals: 0, notReady: 0 }
  readonly #url: string
  #socket: DoorSocket | null = null
  #session = ''
  #sent = 0
  #version = 1
  #lastAcked = -1

  constructor(settings: DoorsFullSettings, url: string) {
    this.#settings = settings
    this.#random = seeded(settings.seed)
    this.#url = url
  }

  async run(hub: HubProcess): Promise<Report> {
    await this.#begin()
    for (let round = 0; round < this.#settings.rounds && hub.end === null; round += 1)
      await this.#round(round)
    await this.#checkAcked()
    this.#socket?.close()
    if (hub.end !== null) this.#find(`the hub ended by itself (${hub.end.signal ?? hub.end.code})`)
    hub.terminate()
    const { code, signal } = await hub.ended
    if (code !== 0) this.#find(`told to end, the hub ended with ${signal ?? code}`)
    return { counts: this.#counts, findings: this.#findings }
  }

  async #begin(): Promise<void> {
    const metadata = { path: '/home/dev', host: 'host', claudeSessionId: 'a-resume-token' }
    const made = await this.#ask('POST', '/cli/sessions', { tag: 'full', metadata })
    this.#session = (made.body['session'] as { id: string }).id
    const settings = { name: 'full', url: this.#url, token: TOKEN, session: this.#session, ours: true }
    this.#socket = new DoorSocket(settings, {
      heard: () => undefined,
      problem: (kind, what) => this.#findings.push({ kind, what }),
    })
    if (!(await this.#socket.connected(READY_MS))) this.#find('no client could connect')
  }

  #filler(round: number): string {
    return join(this.#settings.folder, `filler-${round}`)
  }

  async #round(round: number): Promise<void> {
    await this.#writeUntilFull()
    await this.#lookWhileFull()
    if (await this.#isSeen(isNotReady, NOT_READY_MS)) this.#counts.notReady += 1
    await Promise.all(Array.from({ length: 8 }, () => this.#patch()))
    rmSync(this.#filler(round))
    const code = await this.#patch()
    if (code === null) this.#counts.heals += 1
    else this.#find(`with space again, the first write was answered ${code}`)
    if (!(await this.#isSeen(({ status }) => status === 200, READY_MS)))
      this.#find('with space again, /readyz did not become ready')
    this.#counts.rounds += 1
  }

  async #writeUntilFull(): Promise<void> {
    let refused = 0
    for (let count = 0; refused < REFUSED_IN_A_ROW; count += 1) {
      if (count > MOST_WRITES) return this.#find('the file system never became full')
      refused = (await this.#patch()) === null ? 0 : refused + 1
    }
  }

  /** What a full disk must not take away, and how it is told of over HTTP and to a released client. */
  async #lookWhileFull(): Promise<void> {
    for (const path of [
      `/cli/sessions/${this.#session}`,
      `/api/sessions/${this.#session}`,
      '/healthz',
      '/metrics',
    ]) {
      const { status } = await this.#ask('GET', path)
      if (status !== 200) this.#find(`on a full disk, ${path} was answered ${status}`)
    }
    const path = `/api/sessions/${this.#session}/metadata`
    const { status, body } = await this.#ask('PATCH', path, { patch: this.#value() })
    if (status !== 507 || body['code'] !== 'storage_full')
      this.#find(`on a full disk, a patch over HTTP was answered ${status} ${String(body['code'])}`)
    const metadata = { path: '/home/dev', host: 'host', ...this.#value() }
    const request = { sid: this.#session, expectedVersion: this.#version, metadata }
    const called = await this.#socket?.call('update-metadata', request)
    const result = called?.kind === 'answered' ? (called.value as { result?: unknown }).result : called?.kind
    if (result !== 'error') this.#find(`on a full disk, a released client was answered ${String(result)}`)
  }

  /** Whether readiness comes to say so in time. */
  async #isSeen(isSo: (answer: Answer) => boolean, withinMs: number): Promise<boolean> {
    const end = Date.now() + withinMs
    while (Date.now() < end) {
      if (isSo(await this.#ask('GET', '/readyz'))) return true
      await pause(100)
    }
    return false
  }

  #value(): { text: string; at: number } {
    this.#sent += 1
    return { text: 'x'.repeat(between(this.#random, 100, 9000)), at: this.#sent }
  }

  /** The code of a refusal, which must be the one for a full disk; null when it was written. */
  async #patch(): Promise<string | null> {
    const patch = this.#value()
    const called = await this.#socket?.call('patch-metadata', { sid: this.#session, patch })
    const ack = called?.kind === 'answered' ? (called.value as Record<string, unknown>) : {}
    if (ack['result'] === 'success') {
      this.#counts.acks += 1
      this.#version = Math.max(this.#version, Number(ack['version']))
      this.#lastAcked = Math.max(this.#lastAcked, patch.at)
      return null
    }
    this.#counts.refusals += 1
    const code = typeof ack['code'] === 'string' ? ack['code'] : String(called?.kind)
    if (code !== 'storage_full') this.#find(`on a full disk, a write was answered ${code}`)
    return code
  }

  /** Every acknowledged write made one version, no other one did, and the newest one is what there is. */
  async #checkAcked(): Promise<void> {
    const { body } = await this.#ask('GET', `/api/sessions/${this.#session}`)
    const { metadataVersion, metadata } = body['session'] as {
      metadataVersion: number
      metadata: { at: number }
    }
    const { acks } = this.#counts
    if (metadataVersion !== acks + 1)
      this.#find(`${acks} writes were acknowledged, and the version is ${metadataVersion}`)
    if (metadata.at !== this.#lastAcked)
      this.#find(`write ${this.#lastAcked} was acknowledged, and ${metadata.at} is there`)
  }

  async #ask(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await fetch(`${this.#url}${path}`, { method, headers, ...sent })
    const text = await answer.text()
    return { status: answer.status, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {} }
  }

  #find(what: string): void {
    this.#findings.push({ kind: 'full-disk', what })
  }
}

const settings = JSON.parse(process.argv[2] ?? '{}') as DoorsFullSettings
boundLife(70_000)
for (let round = 0; round < settings.rounds; round += 1)
  writeFileSync(join(settings.folder, `filler-${round}`), Buffer.alloc(FILLER_BYTES, 1))
const { runtime, program, folder } = settings
const port = await freePort(seeded(settings.seed))
const home = join(folder, 'home')
const hub = await HubProcess.start({ runtime, program, home, port, token: TOKEN, logLevel: 'debug' })
try {
  const report = await new FullDoors(settings, hub.url).run(hub)
  writeFileSync(settings.result, JSON.stringify(report))
} finally {
  hub.kill()
}
process.exit(0)
