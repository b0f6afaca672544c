import { newHome, removeHome, startHubProcess, type HubProcess } from '../../../contract/hub-process.ts'
import { ROOT_TOKEN } from '../../../contract/running-hub.ts'
import { WorkerProcess } from './worker-process.ts'

/** The shortest lease that there is. */
export const LEASE_MS = 5000

interface Answered {
  readonly status: number
  readonly body: Record<string, unknown>
}

export interface SessionShown {
  readonly session: {
    readonly metadata: { readonly [field: string]: unknown }
    readonly metadataVersion: number
  }
  readonly verdict: { readonly decision: string; readonly reason?: string; readonly token?: string }
  readonly runs: readonly { readonly id: string; readonly state: string; readonly endedBy: string | null }[]
  readonly tokens: readonly {
    readonly value: string
    readonly proof: string
    readonly left: string
    readonly runtimeId: string | null
  }[]
}

/** A hub as an operator runs it, with workers of their own, any of which can be killed and started again. */
export class AcceptanceHub implements AsyncDisposable {
  readonly #home = newHome()
  readonly #workers: WorkerProcess[] = []
  #hub: HubProcess
  #url = ''

  private constructor() {
    this.#hub = this.#spawn('0')
  }

  static async start(): Promise<AcceptanceHub> {
    const hub = new AcceptanceHub()
    hub.#url = await hub.#hub.address()
    return hub
  }

  get url(): string {
    return this.#url
  }

  /** What it logged since it was started last. */
  get log(): string {
    return this.#hub.out() + this.#hub.errors()
  }

  worker(): WorkerProcess {
    const worker = new WorkerProcess(this.#url)
    this.#workers.push(worker)
    return worker
  }

  async kill(): Promise<void> {
    this.#hub.signal('SIGKILL')
    await this.#hub.ended
  }

  /** Where it was before, so that whoever knew it finds it again. */
  async startAgain(): Promise<void> {
    this.#hub = this.#spawn(new URL(this.#url).port)
    await this.#hub.address()
  }

  async ask(method: string, path: string, body?: object): Promise<Answered> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ROOT_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Answered['body'] }
  }

  async session(id: string): Promise<SessionShown> {
    const { status, body } = await this.ask('GET', `/api/sessions/${id}`)
    if (status !== 200) throw new Error(`The hub said ${status}: ${JSON.stringify(body)}`)
    return body as unknown as SessionShown
  }

  /** Waits until a run of a session is in a state. */
  async reaches(session: string, state: string): Promise<SessionShown> {
    for (;;) {
      const shown = await this.session(session)
      if (shown.runs[0]?.state === state) return shown
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()))
    await this.#hub[Symbol.asyncDispose]()
    removeHome(this.#home)
  }

  #spawn(port: string): HubProcess {
    return startHubProcess({
      HOLDFAST_HOME: this.#home,
      HOLDFAST_PORT: port,
      HOLDFAST_TOKEN: ROOT_TOKEN,
      HOLDFAST_LEASE_MS: String(LEASE_MS),
      HOLDFAST_LOG_LEVEL: 'info',
    })
  }
}
