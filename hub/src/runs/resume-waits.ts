import { assert } from '@holdfast/shared/errors/assert'
import type { LiveRun, RunKey } from '../store/run-store.ts'
import { outcomeOf, type NotResumed } from './resume-outcome.ts'
import { Wait } from './resume-wait.ts'

/** How many resumes are waited for at once: they take up to two minutes each, and others want to be served. */
export const WAIT_LIMITS = { ofNamespace: 16, all: 32 } as const

/** The resumes of this process that somebody waits for. */
export class ResumeWaits {
  readonly #namespaces = new Map<string, Map<string, Wait>>()
  #count = 0

  /** One more would be too many. */
  isFull(namespace: string): boolean {
    return this.#count >= WAIT_LIMITS.all || this.#countOf(namespace) >= WAIT_LIMITS.ofNamespace
  }

  /** There are too many, since some came at the same moment. */
  isOverfull(namespace: string): boolean {
    return this.#count > WAIT_LIMITS.all || this.#countOf(namespace) > WAIT_LIMITS.ofNamespace
  }

  open({ namespace, run }: RunKey): Wait {
    assert(this.find({ namespace, run }) === null, 'one waits for a resume')
    const ofNamespace = this.#namespaces.get(namespace) ?? new Map<string, Wait>()
    const wait = new Wait(() => this.#close({ namespace, run }))
    this.#namespaces.set(namespace, ofNamespace.set(run, wait))
    this.#count += 1
    return wait
  }

  find({ namespace, run }: RunKey): Wait | null {
    return this.#namespaces.get(namespace)?.get(run) ?? null
  }

  /** What became of a run. */
  tell({ namespace, run }: LiveRun): void {
    const outcome = outcomeOf(run)
    if (outcome !== null) this.find({ namespace, run: run.id })?.settle(outcome)
  }

  cutShort(why: NotResumed): void {
    for (const ofNamespace of this.#namespaces.values())
      for (const wait of ofNamespace.values()) wait.cutShort(why)
  }

  #countOf(namespace: string): number {
    return this.#namespaces.get(namespace)?.size ?? 0
  }

  #close({ namespace, run }: RunKey): void {
    const ofNamespace = this.#namespaces.get(namespace)
    if (ofNamespace?.delete(run) !== true) return
    this.#count -= 1
    if (ofNamespace.size === 0) this.#namespaces.delete(namespace)
  }
}
