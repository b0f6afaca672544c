// A process that checks one database after another: a job a line on the standard input, a result a line on the output.
import { createInterface } from 'node:readline'
import { checkStore, type CheckJob, type CheckResult } from './check-store.ts'

/** In the result's place where the check itself fell over. */
export interface CheckFailure {
  readonly error: string
}

async function answer(line: string): Promise<CheckResult | CheckFailure> {
  try {
    return await checkStore(JSON.parse(line) as CheckJob)
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

// The input ends when the parent does, however it ends.
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(line))}\n`)
}
