import type { SessionFacts } from '@holdfast/shared/protocol/watch/facts'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { Presence } from '../live/presence.ts'
import type { Log } from '../log/log.ts'
import type { LiveRuns } from '../runs/live-runs.ts'
import type { Judged } from '../store/run-store.ts'
import { FactsTeller } from './facts-teller.ts'
import { FeedPages, type WatchSource } from './feed-pages.ts'
import type { WatchLine } from './watch-connection.ts'
import type { WatchLimits } from './watch-limits.ts'
import { watchedOutlook, type WatchedOutlook } from './watched-outlook.ts'
import { Watcher, type WatchStart } from './watcher.ts'

export interface NamespaceWatchParts {
  readonly store: WatchSource
  readonly presence: Pick<Presence, 'session' | 'activeSessions'>
  readonly runs: { readonly live: Pick<LiveRuns, 'inSession' | 'sessions'> }
  readonly log: Log
  /** Resolves after so many milliseconds. */
  readonly later: (ms: number) => Promise<void>
  readonly limits: WatchLimits
}

interface Member {
  readonly watcher: Watcher
  readonly facts: FactsTeller
}

/** The watchers of one namespace, and what they share. */
export class NamespaceWatch {
  readonly #namespace: string
  readonly #parts: NamespaceWatchParts
  readonly #pages: FeedPages
  readonly #members = new Map<WatchLine, Member>()
  /** Whose facts changed since the watchers were last told of facts. */
  #changed = new Set<string>()
  /** What else is to be told of some of them. */
  #outlooks = new Map<string, WatchedOutlook>()
  #isTurnDue = false

  constructor(namespace: string, parts: NamespaceWatchParts) {
    this.#namespace = namespace
    this.#parts = parts
    this.#pages = new FeedPages(namespace, parts)
  }

  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  add(line: WatchLine, start: WatchStart): void {
    const { log, later, limits, presence, runs } = this.#parts
    const retry = () => later(limits.retryMs)
    const watcher = new Watcher(start, { line, pages: this.#pages, log, retry })
    const factsOf = (session: string) => this.#factsOf(session)
    const facts = new FactsTeller({ line, limits, factsOf, turn: () => void this.#turn() })
    this.#members.set(line, { watcher, facts })
    watcher.wake()
    facts.owe(presence.activeSessions(this.#namespace))
    facts.owe(runs.live.sessions(this.#namespace))
    void facts.tell()
  }

  remove(line: WatchLine): void {
    this.#members.get(line)?.watcher.end()
    this.#members.delete(line)
  }

  /** Nobody is told anything more. */
  end(): void {
    for (const { watcher } of this.#members.values()) watcher.end()
    this.#members.clear()
  }

  /** The feed has advanced. */
  committed(): void {
    this.#pages.committed()
    for (const { watcher } of this.#members.values()) watcher.wake()
  }

  /** Facts of a session have changed. */
  changed(session: string): void {
    this.#changed.add(session)
    void this.#turn()
  }

  /** Something was learned that counts for a session's resume. */
  judged(judged: Judged): void {
    this.#outlooks.set(judged.session, watchedOutlook(judged))
    void this.#turn()
  }

  /** One turn at a time, for all watchers: what changes before it is told with it. */
  async #turn(): Promise<void> {
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    await this.#parts.later(this.#parts.limits.factsEveryMs)
    this.#isTurnDue = false
    const changed = this.#changed
    const outlooks = this.#outlooks
    this.#changed = new Set()
    this.#outlooks = new Map()
    for (const { facts } of this.#members.values()) {
      facts.owe(changed)
      facts.oweOutlooks(outlooks)
      void facts.tell()
    }
  }

  #factsOf(session: string): SessionFacts {
    const { presence, runs } = this.#parts
    const key = { namespace: this.#namespace, session }
    const [run] = runs.live.inSession(key)
    return { sid: session, liveness: presence.session(key), run: run === undefined ? null : watchedRun(run) }
  }
}

function watchedRun({ id, kind, state, startedAt, contended, machineId }: RunRecord): SessionFacts['run'] {
  return { runId: id, kind, state, since: startedAt, contended, machineId }
}
