import type { Json } from '../metadata/json.ts'

/**
 * Makes a value unchangeable at every depth, so that those who are shown it can not change what is shown to others.
 * What is frozen already is not walked again, since whoever froze it did so from the inside out.
 */
export function freezeJson<Value extends Json>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) freezeJson(inner)
  return Object.freeze(value)
}
