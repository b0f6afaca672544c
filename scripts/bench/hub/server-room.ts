import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { StartedProcess } from '../../peers/started-process.ts'
import { repositoryRoot } from '../../repository.ts'
import { freePort } from '../../torture/doors/free-port.ts'
import type { BenchRoom } from '../bench-room.ts'
import type { Runtime } from '../variant.ts'
import { isFilled, type Contender } from './contender.ts'

/** A server that runs, in a process of its own and on a home of its own. */
export interface Server {
  readonly process: StartedProcess
  readonly url: string
  readonly token: string
}

const START_MS = 120_000
const OUR_ADDRESS = /^\s*address\s+(http\S+)$/m
const PEER_IS_READY = /Hub is ready/

/** Starts servers. Their homes lie in the room of the run, and go with it. */
export class ServerRoom {
  readonly room: BenchRoom
  readonly token = randomBytes(24).toString('base64url')
  /** The peer's program; null where it could not be installed. */
  readonly #peer: string | null

  constructor(room: BenchRoom, peer: string | null) {
    this.room = room
    this.#peer = peer
  }

  start(contender: Contender): Promise<Server> {
    switch (contender.server) {
      case 'holdfast':
        return this.#holdfast(contender)
      case 'ack-only':
        return this.#ackOnly(contender)
      case 'peer':
        return this.#startPeer()
    }
  }

  /** A home of our hub, with so many sessions stored; none where it is not said. */
  async home(sessions = 0): Promise<string> {
    const home = this.room.newFolder()
    if (sessions > 0) await this.room.copyOf(sessions, join(home, 'holdfast.db'))
    return home
  }

  /** Our hub as it is started by a person. */
  async hub(runtime: Runtime, home: string): Promise<Server> {
    const process = this.spawnHub(runtime, home, 0)
    return { process, url: await this.#address(process), token: this.token }
  }

  spawnHub(runtime: Runtime, home: string, port: number): StartedProcess {
    const program = join(repositoryRoot(), 'hub/dist/main.js')
    const env = {
      ...this.#environment(home),
      HOLDFAST_HOME: home,
      HOLDFAST_PORT: String(port),
      HOLDFAST_TOKEN: this.token,
    }
    return new StartedProcess([this.room.command(runtime), program], { cwd: home, env })
  }

  async #holdfast(contender: Contender): Promise<Server> {
    return this.hub(contender.runtime, await this.home(isFilled(contender) ? contender.sessions : 0))
  }

  async #ackOnly({ runtime }: Contender): Promise<Server> {
    const home = this.room.newFolder()
    const program = new URL('./ack-server-child.js', import.meta.url).pathname
    const command = [this.room.command(runtime), program]
    const process = new StartedProcess(command, { cwd: home, env: this.#environment(home) })
    return { process, url: await this.#address(process), token: this.token }
  }

  async #startPeer(): Promise<Server> {
    if (this.#peer === null) throw new Error('The peer hub is not installed.')
    const home = this.room.newFolder()
    const port = await freePort(Math.random)
    const env = {
      ...this.#environment(home),
      HAPI_HOME: join(home, 'hapi'),
      HAPI_LISTEN_HOST: '127.0.0.1',
      HAPI_LISTEN_PORT: String(port),
      CLI_API_TOKEN: this.token,
    }
    const process = new StartedProcess([this.#peer, 'hub', '--no-relay'], { cwd: home, env })
    await process.printed(PEER_IS_READY, START_MS)
    return { process, url: `http://127.0.0.1:${port}`, token: this.token }
  }

  async #address(process: StartedProcess): Promise<string> {
    return (await process.printed(OUR_ADDRESS, START_MS))[1] ?? ''
  }

  #environment(home: string): NodeJS.ProcessEnv {
    const temporary = join(home, 'tmp')
    mkdirSync(temporary, { recursive: true })
    return { PATH: process.env['PATH'], HOME: home, TMPDIR: temporary }
  }
}
