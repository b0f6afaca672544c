import { Worker } from 'node:worker_threads'

export interface SideJob {
  /** `copy`: a consistent copy into `target`. `check`: what SQLite's own check finds. */
  readonly job: 'copy' | 'check'
  readonly file: string
  readonly target?: string
}

interface SideJobAnswer {
  readonly ok: boolean
  readonly problems?: readonly string[]
  readonly code?: string | null
  readonly message?: string
}

/** An error that keeps SQLite's code across the thread's border. */
export class SideJobError extends Error {
  readonly code: string | null

  constructor(code: string | null, message: string) {
    super(message)
    this.name = 'SideJobError'
    this.code = code
  }
}

/** Runs one job on a thread of its own, and gives what it found. */
export function runSideJob(job: SideJob): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./side-job.mjs', import.meta.url), { workerData: job })
    let settled = false
    worker.once('message', (answer: SideJobAnswer) => {
      settled = true
      if (answer.ok) resolve(answer.problems ?? [])
      else reject(new SideJobError(answer.code ?? null, answer.message ?? 'unknown error'))
    })
    worker.once('error', reject)
    worker.once('exit', () => {
      if (!settled) reject(new SideJobError(null, 'the thread ended without an answer'))
    })
  })
}
