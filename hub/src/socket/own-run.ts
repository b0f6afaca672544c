import { printable } from '@holdfast/shared/protocol/printable'
import { idSchema } from '@holdfast/shared/records/ids'
import type { Log } from '../log/log.ts'
import type { RunDesk } from '../runs/run-desk.ts'
import type { RunKey } from '../store/run-store.ts'
import type { Connection } from './connection.ts'

export interface OwnRunParts {
  readonly runs: Pick<RunDesk, 'live' | 'touch' | 'heartbeat'>
  readonly log: Log
  /** Something could not be stored. */
  readonly failed: (error: unknown) => void
}

/**
 * A connection that said which run it is. Where its session is alive, so is the run. One that is not known, or has lost
 * its lease, does not end the connection; its word counts for nothing until the run is there.
 */
export class OwnRun {
  readonly #parts: OwnRunParts
  readonly #id: string
  #isAsking = false
  /** Why it does not count; logged once. */
  #isLost = false

  constructor(id: string, parts: OwnRunParts) {
    this.#id = id
    this.#parts = parts
  }

  /** What it writes from the first on is the run's, where the run is there. */
  arrived(connection: Connection): void {
    const known = this.#parts.runs.live.get(this.#keyFor(connection))
    if (known !== null && connection.scopeOf(known.session) === 'session') connection.speaksAs(known)
  }

  alive(connection: Connection, session: string): void {
    const { runs } = this.#parts
    const key = this.#keyFor(connection)
    const known = runs.live.get(key)
    if (known !== null && known.session !== session) return this.#lose(session, 'session')
    const run = runs.touch(key)
    if (run !== null) connection.speaksAs(run)
    else if (!this.#isAsking && !this.#isLost) void this.#ask(connection, session)
  }

  async #ask(connection: Connection, session: string): Promise<void> {
    const { runs, failed } = this.#parts
    if (!idSchema.safeParse(this.#id).success) return this.#lose(session, 'run_not_found')
    this.#isAsking = true
    try {
      const answer = await runs.heartbeat({ ...this.#keyFor(connection), actor: connection.actor })
      if (answer.kind === 'refused') this.#lose(session, answer.code)
      else if (answer.run.session === session) connection.speaksAs(answer.run)
    } catch (error) {
      // The next alive asks again.
      failed(error)
    } finally {
      this.#isAsking = false
    }
  }

  #keyFor({ caller }: Connection): RunKey {
    return { namespace: caller.namespace, run: this.#id }
  }

  #lose(session: string, why: string): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#parts.log.warn('a client says a run that it does not have', {
      session,
      run: printable(this.#id),
      why,
    })
  }
}
