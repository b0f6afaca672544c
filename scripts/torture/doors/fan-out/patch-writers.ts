import type { JsonObject } from '@holdfast/shared/metadata/json'
import { patchMetadataAck } from '@holdfast/shared/protocol/up/patch-metadata'
import { below, chance, mixSeeds, pick, seeded, type Random } from '../../random.ts'
import { DoorSocket } from '../door-socket.ts'
import { pause } from '../pause.ts'
import type { Find } from './find.ts'
import type { PatchBook } from './patch-book.ts'

export interface PatchWritersParts {
  readonly url: string
  readonly token: string
  readonly seed: number
  readonly book: PatchBook
  readonly find: Find
  readonly goesOn: () => boolean
  /** Waits until the watchers can take more. */
  readonly keepsUp: () => Promise<void>
}

const WRITERS = 8
const CALLS = 4
const FIELDS = 8
const REMOVED = 0.2
const LOOK_MS = 10
/** Nothing was written, or nobody knows: the same is sent again. */
const AGAIN = new Set(['outcome_unknown', 'overloaded', 'shutting_down', 'storage_busy', 'store_stopped'])

/** Clients that patch shared sessions, each patch until it is acknowledged. */
export class PatchWriters {
  readonly #parts: PatchWritersParts
  readonly #random: Random
  readonly #sessions: readonly string[]
  readonly #sockets: readonly DoorSocket[]
  #begun = 0

  constructor(parts: PatchWritersParts) {
    this.#parts = parts
    this.#random = seeded(mixSeeds(parts.seed, 31))
    this.#sessions = parts.book.sessions
    this.#sockets = Array.from({ length: WRITERS }, (_, index) => {
      const { url, token, find } = parts
      const session = this.#sessions[index % this.#sessions.length] ?? ''
      const settings = { name: `writer-${index}`, url, token, session, ours: true }
      return new DoorSocket(settings, { heard: () => undefined, problem: find })
    })
  }

  /** Writes until so many patches were made, and all of them are acknowledged. */
  async writeUntil(patches: number): Promise<void> {
    const calls = this.#sockets.flatMap((socket) => Array.from({ length: CALLS }, () => socket))
    await Promise.all(calls.map((socket) => this.#writeOn(socket, patches)))
  }

  /** One more patch of each session, so that whoever lost the last one sees it. */
  async touchAll(): Promise<void> {
    const [socket] = this.#sockets
    if (socket === undefined) return
    for (const session of this.#sessions) await this.#write(socket, session)
  }

  close(): void {
    for (const socket of this.#sockets) socket.close()
  }

  async #writeOn(socket: DoorSocket, patches: number): Promise<void> {
    while (this.#begun < patches && this.#parts.goesOn()) {
      await this.#write(socket, pick(this.#random, this.#sessions))
      await this.#parts.keepsUp()
    }
  }

  async #write(socket: DoorSocket, session: string): Promise<void> {
    this.#begun += 1
    const n = this.#begun
    const value = chance(this.#random, REMOVED) ? null : { n, text: `text of ${n}` }
    const patch = { n, [`field${below(this.#random, FIELDS)}`]: value }
    const request = { sid: session, patch, mutationId: `fan-out-patch-${String(n).padStart(8, '0')}` }
    while (this.#parts.goesOn()) {
      if (!(await socket.connected(LOOK_MS))) continue
      const called = await socket.call('patch-metadata', request)
      if (called.kind === 'answered' && this.#answered(session, patch, called.value)) return
      if (called.kind === 'silent') this.#parts.find('unanswered', `patch ${n} was not answered`)
      await pause(LOOK_MS)
    }
  }

  /** False where it is to be sent again. */
  #answered(session: string, patch: JsonObject, value: unknown): boolean {
    const { data: ack } = patchMetadataAck.safeParse(value)
    if (ack?.result === 'success') {
      this.#parts.book.written({ session, version: ack.version, patch, changed: ack.changed })
      return true
    }
    if (ack?.result === 'error' && AGAIN.has(ack.code)) return false
    this.#parts.find('refused', `a patch was answered ${JSON.stringify(value)}`)
    return true
  }
}
