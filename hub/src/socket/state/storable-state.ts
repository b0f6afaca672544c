import { isJsonObject, type Json } from '@holdfast/shared/metadata/json'
import { findLimitProblem } from '@holdfast/shared/metadata/limits'
import { STATE_BOUNDS, STATE_BYTES } from '../../store/requests.ts'

/** A state, its maps of tool calls, a call, and the call's arguments. */
const LEVELS = 3

/**
 * A state without what can not be stored of it: the smallest part that holds the problem becomes null, and a member whose
 * name can not be stored goes. So one tool call with unheard-of arguments costs those, and not the state.
 */
export function storableState(value: unknown, level = 0): Json {
  const bounds = { ...STATE_BOUNDS, depth: STATE_BOUNDS.depth - level }
  if (findLimitProblem(value, STATE_BYTES, bounds) === null) return value as Json
  if (level === LEVELS || !isJsonObject(value)) return null
  const members = Object.entries(value).filter(
    ([name]) => findLimitProblem({ [name]: null }, STATE_BYTES, bounds) === null,
  )
  return Object.fromEntries(members.map(([name, member]) => [name, storableState(member, level + 1)]))
}
