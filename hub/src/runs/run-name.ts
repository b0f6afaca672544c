import type { RunKey } from '../store/run-store.ts'

/** Both parts are needed, and apart: a run's id is chosen by a client, and another tenant may have chosen the same. */
export function runName({ namespace, run }: RunKey): string {
  return JSON.stringify([namespace, run])
}
