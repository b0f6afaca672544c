import type { z } from 'zod'

/** A message, one sample with every member, and what may differ from it. */
export interface MessageCase {
  readonly name: string
  readonly schema: z.ZodType
  readonly full: { readonly [member: string]: unknown }
  readonly optional?: readonly string[]
  /** Null passes. */
  readonly nullable?: readonly string[]
  /** Every value passes. */
  readonly any?: readonly string[]
  /** A value of a wrong type is taken as absent. */
  readonly lenient?: readonly string[]
  readonly unknown: 'pass' | 'are refused'
}

const PROBES: readonly unknown[] = [null, true, 7, '', 'text', [], [null], {}, { deep: 1 }]

/** What a message accepts or refuses other than its case says; empty when its shape is exactly that. */
export function shapeProblems(message: MessageCase): string[] {
  const { schema, full, optional = [] } = message
  const passes = (value: unknown) => schema.safeParse(value).success
  const smallest = Object.fromEntries(Object.entries(full).filter(([name]) => !optional.includes(name)))
  return [
    ...(passes(full) ? [] : ['the full sample is refused']),
    ...(passes(smallest) ? [] : ['the smallest sample is refused']),
    ...PROBES.filter((probe) => kindOf(probe) !== 'object' && passes(probe)).map(
      (probe) => `${JSON.stringify(probe)} passes as a whole`,
    ),
    ...Object.keys(full).flatMap((name) => memberProblems(message, name)),
    ...unknownProblems(message),
  ]
}

function memberProblems(message: MessageCase, name: string): string[] {
  const { schema, full, optional = [], lenient = [] } = message
  const { [name]: given, ...without } = full
  const problems: string[] = []
  if (schema.safeParse(without).success !== optional.includes(name))
    problems.push(`${name} is ${optional.includes(name) ? 'required' : 'optional'}`)
  for (const probe of PROBES) {
    const parsed = schema.safeParse({ ...full, [name]: probe })
    const fits = mayBe(message, name, probe, given)
    if (fits === undefined) continue
    if (parsed.success !== (fits || lenient.includes(name)))
      problems.push(`${name}: ${JSON.stringify(probe)} ${parsed.success ? 'passes' : 'is refused'}`)
    const kept = (parsed.data as Record<string, unknown> | undefined)?.[name]
    if (!fits && lenient.includes(name) && kept !== undefined)
      problems.push(`${name}: ${JSON.stringify(probe)} is not taken as absent`)
  }
  return problems
}

/** Undefined where the case does not say: a value of the right kind may still be a wrong one. */
function mayBe(message: MessageCase, name: string, probe: unknown, given: unknown): boolean | undefined {
  if (message.any?.includes(name) === true) return true
  if (probe === null) return message.nullable?.includes(name) ?? false
  return kindOf(probe) === kindOf(given) ? undefined : false
}

function unknownProblems({ schema, full, unknown }: MessageCase): string[] {
  const parsed = schema.safeParse({ ...full, unheardOf: { deep: [1] } })
  if (unknown === 'pass') {
    const kept = parsed.success && (parsed.data as Record<string, unknown>)['unheardOf'] !== undefined
    return kept ? [] : ['an unknown member does not pass']
  }
  if (parsed.success) return ['an unknown member passes']
  return parsed.error.issues.some((issue) => JSON.stringify(issue).includes('unheardOf'))
    ? []
    : ['an unknown member is refused without being named']
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}
