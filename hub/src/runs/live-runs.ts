import type { RunKind, RunRecord } from '@holdfast/shared/records/run'
import type { LiveRun, RunKey } from '../store/run-store.ts'
import type { SessionKey } from '../store/store.ts'
import { phaseOf } from './phase.ts'

interface OfNamespace {
  readonly byId: Map<string, RunRecord>
  readonly bySession: Map<string, Set<string>>
}

/** The runs that are live now, as the store last said, for whoever shows them or asks for them often. */
export class LiveRuns {
  readonly #namespaces = new Map<string, OfNamespace>()
  readonly #counts: Record<RunKind, number> = { claimed: 0, registered: 0, implicit: 0, resume: 0 }

  /** How many there are of each kind. */
  get counts(): Readonly<Record<RunKind, number>> {
    return this.#counts
  }

  /** What became of a run; one that is over is forgotten. */
  note({ namespace, run }: LiveRun): void {
    this.forget({ namespace, run: run.id })
    if (phaseOf(run) === 'over') return
    const { byId, bySession } = this.#of(namespace)
    const ofSession = bySession.get(run.session)
    if (ofSession === undefined) bySession.set(run.session, new Set([run.id]))
    else ofSession.add(run.id)
    byId.set(run.id, run)
    this.#counts[run.kind] += 1
  }

  forget({ namespace, run: id }: RunKey): void {
    const known = this.#namespaces.get(namespace)
    const run = known?.byId.get(id)
    if (known === undefined || run === undefined) return
    known.byId.delete(id)
    this.#counts[run.kind] -= 1
    const ofSession = known.bySession.get(run.session)
    ofSession?.delete(id)
    if (ofSession?.size === 0) known.bySession.delete(run.session)
    if (known.byId.size === 0) this.#namespaces.delete(namespace)
  }

  get({ namespace, run }: RunKey): RunRecord | null {
    return this.#namespaces.get(namespace)?.byId.get(run) ?? null
  }

  /** Those of a session, the newest first. */
  inSession({ namespace, session }: SessionKey): readonly RunRecord[] {
    const known = this.#namespaces.get(namespace)
    const runs = [...(known?.bySession.get(session) ?? [])].flatMap((id) => known?.byId.get(id) ?? [])
    return runs.toSorted((one, other) => other.startedAt - one.startedAt)
  }

  /** The sessions of a namespace that have one. */
  sessions(namespace: string): Iterable<string> {
    return this.#namespaces.get(namespace)?.bySession.keys() ?? []
  }

  #of(namespace: string): OfNamespace {
    const known = this.#namespaces.get(namespace)
    if (known !== undefined) return known
    const made: OfNamespace = { byId: new Map(), bySession: new Map() }
    this.#namespaces.set(namespace, made)
    return made
  }
}
