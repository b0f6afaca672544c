import { isDeepStrictEqual } from 'node:util'
import { until } from './until.ts'

const SHOWN = 500

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN)
}

/** In what two values differ; of objects and lists only the members that do. */
function difference(actual: unknown, expected: unknown): string {
  if (!isRecord(actual) || !isRecord(expected)) return `${shown(actual)} and not ${shown(expected)}`
  const names = new Set([...Object.keys(actual), ...Object.keys(expected)])
  const different = [...names].filter((name) => !isDeepStrictEqual(actual[name], expected[name]))
  return different.map((name) => `${name} ${difference(actual[name], expected[name])}`).join('; ')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** The named checks of a scenario, each a line of output as soon as it is decided. */
export class Checks {
  passed = 0
  failed = 0

  holds(name: string, truth: boolean, detail = ''): void {
    if (truth) this.passed += 1
    else this.failed += 1
    console.log(`  ${truth ? 'ok  ' : 'FAIL'} ${name}${truth || detail === '' ? '' : `: ${detail}`}`)
  }

  equals(name: string, actual: unknown, expected: unknown): void {
    const same = isDeepStrictEqual(actual, expected)
    this.holds(name, same, same ? '' : difference(actual, expected))
  }

  /** For what comes about in its own time; what was seen is given back, so that the scenario can go on with it. */
  async eventually<Seen>(
    name: string,
    look: () => Seen | undefined | Promise<Seen | undefined>,
    withinMs?: number,
  ): Promise<Seen> {
    try {
      const seen = await until(name, look, withinMs)
      this.holds(name, true)
      return seen
    } catch (error) {
      this.holds(name, false, error instanceof Error ? error.message : String(error))
      throw new Abandoned(name)
    }
  }
}

/** Ends a scenario that can not go on; the check that says why has been counted already. */
export class Abandoned extends Error {}
