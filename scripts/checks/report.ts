import type { Problem } from './spec-rules.ts'

/** One line per problem, then what was looked at; the process ends with 1 if there was any. */
export function report(problems: readonly Problem[], summary: string): void {
  for (const { file, line, message } of problems) console.log(`${file}:${line}: ${message}`)
  console.log(summary)
  if (problems.length > 0) process.exitCode = 1
}
