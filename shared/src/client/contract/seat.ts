import { HoldfastError } from '../../errors/holdfast-error.ts'
import type { SessionView } from '../../protocol/http/session-view.ts'
import { SessionClient, type SessionClientParts } from '../session-client.ts'
import { FakeLink } from './fake-link.ts'
import type { FakeOutside } from './fake-outside.ts'
import { flush } from './flush.ts'
import { SID, type ModelHub } from './model-hub.ts'

interface PendingRead {
  readonly resolve: (session: SessionView) => void
  readonly reject: (error: Error) => void
  /** What the hub answered, while that is on its way. */
  answer: SessionView | null
}

type Options = Partial<Pick<SessionClientParts, 'base' | 'giveUpAfterMs'>>

/** A client of a model hub, with its end of the wire in the test's hand. */
export class Seat {
  readonly client: SessionClient
  readonly hub: ModelHub
  readonly outside: FakeOutside
  readonly links: FakeLink[] = []
  readonly errors: HoldfastError[] = []
  reads: PendingRead[] = []

  constructor(hub: ModelHub, outside: FakeOutside, options: Options = {}) {
    this.hub = hub
    this.outside = outside
    this.client = new SessionClient({
      ...options,
      sessionId: SID,
      outside,
      dial: (listener) => {
        const link = new FakeLink(listener)
        this.links.push(link)
        return link
      },
      readSession: (signal) => this.#read(signal),
    })
    this.client.on('error', (error) => this.errors.push(error))
  }

  /** The newest link. */
  get link(): FakeLink {
    const link = this.links.at(-1)
    if (link === undefined) throw new Error('The client has not dialled yet.')
    return link
  }

  /** The link that is coming up does so. */
  open(): boolean {
    const link = this.links.at(-1)
    if (link === undefined || link.isUp || link.isClosed || this.client.state !== 'connecting') return false
    this.hub.join(link)
    link.open()
    return true
  }

  /** The next read reaches the hub. */
  answerRead(): boolean {
    const read = this.reads.find(({ answer }) => answer === null)
    if (read !== undefined) read.answer = this.hub.session()
    return read !== undefined
  }

  /** The next answer to a read reaches the client. */
  deliverRead(): boolean {
    const read = this.reads.find(({ answer }) => answer !== null)
    this.reads = this.reads.filter((other) => other !== read)
    if (read === undefined || read.answer === null) return false
    read.resolve(read.answer)
    return true
  }

  failRead(error: HoldfastError): boolean {
    const read = this.reads.shift()
    read?.reject(error)
    return read !== undefined
  }

  deliver(): boolean {
    return this.link.deliver((packet, link) => this.hub.answer(packet, link))
  }

  /** Everything goes through until nothing moves any more; time stands still. */
  async settle(): Promise<void> {
    for (;;) {
      await flush()
      const moves = [
        this.deliver(),
        this.link.deliverAck(),
        this.link.deliverEvent(),
        this.answerRead(),
        this.deliverRead(),
      ]
      if (!moves.includes(true)) return
    }
  }

  /** Connects for the first time and has the session read. */
  async ready(): Promise<this> {
    this.client.start()
    this.open()
    this.outside.pass(0)
    await this.settle()
    return this
  }

  /** Waits out the pause after a lost connection, connects and reads again. */
  async reconnect(): Promise<void> {
    while (this.client.state === 'backing-off') this.outside.pass(100)
    this.open()
    this.outside.pass(1_000)
    await this.settle()
  }

  #read(signal: AbortSignal | undefined): Promise<SessionView> {
    return new Promise((resolve, reject) => {
      const read: PendingRead = { resolve, reject, answer: null }
      this.reads.push(read)
      signal?.addEventListener('abort', () => {
        this.reads = this.reads.filter((other) => other !== read)
        reject(new HoldfastError('hub_unreachable', 'called off'))
      })
    })
  }
}
