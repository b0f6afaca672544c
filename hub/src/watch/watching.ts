import type { Presence } from '../live/presence.ts'
import type { RunDesk } from '../runs/run-desk.ts'
import { NamespaceWatch, type NamespaceWatchParts } from './namespace-watch.ts'
import type { Store } from '../store/store.ts'
import type { WatchLine } from './watch-connection.ts'
import type { WatchStart } from './watcher.ts'

export interface WatchingParts extends NamespaceWatchParts {
  readonly store: NamespaceWatchParts['store'] & Pick<Store, 'onJudged'>
  readonly presence: Pick<Presence, 'session' | 'activeSessions' | 'onChange'>
  readonly runs: Pick<RunDesk, 'live' | 'onRun'>
}

/** Everybody who watches, by namespace: each is woken by what happens in his own, and by nothing else. */
export class Watching {
  readonly #parts: WatchingParts
  readonly #namespaces = new Map<string, NamespaceWatch>()
  readonly #stopListening: readonly (() => void)[]

  constructor(parts: WatchingParts) {
    this.#parts = parts
    this.#stopListening = [
      parts.store.onCommit((namespaces) => {
        for (const namespace of namespaces) this.#namespaces.get(namespace)?.committed()
      }),
      parts.presence.onChange(({ namespace, session }) => this.#namespaces.get(namespace)?.changed(session)),
      parts.store.onJudged((judged) => {
        for (const one of judged) this.#namespaces.get(one.namespace)?.judged(one)
      }),
      parts.runs.onRun(({ namespace, run }) => this.#namespaces.get(namespace)?.changed(run.session)),
    ]
  }

  add(namespace: string, line: WatchLine, start: WatchStart): void {
    const known = this.#namespaces.get(namespace)
    const watch = known ?? new NamespaceWatch(namespace, this.#parts)
    if (known === undefined) this.#namespaces.set(namespace, watch)
    watch.add(line, start)
  }

  remove(namespace: string, line: WatchLine): void {
    const watch = this.#namespaces.get(namespace)
    if (watch === undefined) return
    watch.remove(line)
    if (watch.isEmpty) this.#namespaces.delete(namespace)
  }

  /** Nobody is told anything more. */
  end(): void {
    for (const stop of this.#stopListening) stop()
    for (const watch of this.#namespaces.values()) watch.end()
  }
}
