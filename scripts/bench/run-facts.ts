import type { Fact } from './environment.ts'
import type { Rounds } from './interleaved.ts'
import type { SuiteOptions } from './suite.ts'

/** When it was run, how long it took, and how it is run again. To be asked for at the end. */
export function runFacts(
  { quick, command }: SuiteOptions,
  { count, milliseconds }: Rounds,
  started: Date,
): Fact[] {
  const minutes = ((Date.now() - started.getTime()) / 60_000).toFixed(1)
  const run = `${started.toISOString().slice(0, 10)}, ${minutes} minutes, ${count} rounds of ${milliseconds / 1000} s each`
  return [
    { name: 'Run', text: quick ? `${run} (a quick run: rough numbers)` : run },
    { name: 'Command', text: command },
  ]
}
