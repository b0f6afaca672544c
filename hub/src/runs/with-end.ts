import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { RunKey, RunStore } from '../store/run-store.ts'

/** A report that is refused and yet ends its run, which the answer then has: a resume whose agent loaded another conversation. */
export async function withEnd<Given extends { readonly kind: 'run'; readonly run: RunRecord }>(
  store: Pick<RunStore, 'readRun'>,
  { namespace, run }: RunKey,
  report: Promise<Given | Refusal>,
): Promise<Given | (Refusal & { readonly run?: RunRecord | null })> {
  const answer = await report
  if (answer.kind === 'run' || answer.code !== 'identity_mismatch') return answer
  return { ...answer, run: await store.readRun({ namespace, run }) }
}
