/** The writes that are about runs and what is known of tokens; `alive` is a run's that was not known to be live. */
const KINDS = [
  'claim',
  'register',
  'implicit',
  'alive',
  'token',
  'rejected',
  'complete',
  'end',
  'resume',
  'evidence',
] as const
export type RunWriteKind = (typeof KINDS)[number]

const OUTCOMES = ['taken', 'unchanged', 'refused', 'failed'] as const
type Outcome = (typeof OUTCOMES)[number]

/** As far as it says what became of a write. */
type RunWriteAnswer =
  | { readonly kind: string; readonly replayed?: true; readonly ended?: readonly unknown[] }
  | { readonly noted: boolean }
  | readonly unknown[]

/** What became of the writes of runs since the start. */
export class RunWriteCounts {
  readonly #counts = new Map<string, number>()

  /** Counts a write when its outcome is known. */
  async of<Answer extends RunWriteAnswer>(kind: RunWriteKind, answer: Promise<Answer>): Promise<Answer> {
    try {
      const known = await answer
      this.#note(kind, outcomeOf(known))
      return known
    } catch (error) {
      this.#note(kind, 'failed')
      throw error
    }
  }

  /** Each kind with each outcome, those that never happened too. */
  all(): { readonly kind: RunWriteKind; readonly outcome: Outcome; readonly count: number }[] {
    return KINDS.flatMap((kind) =>
      OUTCOMES.map((outcome) => ({ kind, outcome, count: this.#counts.get(`${kind} ${outcome}`) ?? 0 })),
    )
  }

  #note(kind: RunWriteKind, outcome: Outcome): void {
    const name = `${kind} ${outcome}`
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }
}

const DECLINED: ReadonlySet<string> = new Set(['refused', 'held', 'unconfirmed'])

function outcomeOf(answer: RunWriteAnswer): Outcome {
  if ('noted' in answer) return answer.noted ? 'taken' : 'unchanged'
  if (!('kind' in answer)) return answer.length === 0 ? 'unchanged' : 'taken'
  if (DECLINED.has(answer.kind)) return 'refused'
  const isNothing = answer.replayed === true || (answer.kind === 'ended' && answer.ended?.length === 0)
  return isNothing ? 'unchanged' : 'taken'
}
