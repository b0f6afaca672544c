import type { z } from 'zod'

/** A newer hub may say more in several places; so often they are looked for. */
const ROUNDS = 100

/**
 * An answer as its schema knows it. What a newer hub says beyond that is taken out and not held against it; what is
 * missing or of another kind is.
 */
export function knownMembers<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
): z.ZodSafeParseResult<z.infer<Schema>> {
  let rest = answer
  for (let round = 0; ; round += 1) {
    const parsed = schema.safeParse(rest)
    if (parsed.success || round === ROUNDS) return parsed
    const unknown = parsed.error.issues.filter((issue) => issue.code === 'unrecognized_keys')
    if (unknown.length < parsed.error.issues.length) return parsed
    if (round === 0) rest = structuredClone(answer)
    for (const { path, keys } of unknown) for (const key of keys) remove(rest, path, key)
  }
}

function remove(value: unknown, path: readonly PropertyKey[], key: string): void {
  const holder = path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (Reflect.get(at, step) as unknown) : undefined),
    value,
  )
  if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, key)
}
