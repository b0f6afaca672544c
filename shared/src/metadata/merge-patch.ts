import { isJsonObject, type Json } from './json.ts'

/**
 * RFC 7396. Both values have passed the limits walk, so recursion is bounded and no member is named `__proto__`.
 * Neither argument is changed; what the patch does not touch is shared with the result.
 */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const merged: { [name: string]: Json } = isJsonObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = applyMergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value)
  }
  return merged
}
