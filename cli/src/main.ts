import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { parseArgs } from './args.ts'
import { exitCode } from './exit-code.ts'
import { run } from './run.ts'

function sentenceOf(error: unknown): string {
  if (error instanceof HoldfastError) return `holdfast: ${error.message} (${error.code})`
  return `holdfast: a fault of the program itself: ${error instanceof Error ? error.message : String(error)} (internal)`
}

try {
  process.exitCode = await run(parseArgs(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${sentenceOf(error).replaceAll(/\s*\n\s*/g, ' ')}\n`)
  process.exitCode = exitCode(error)
}
