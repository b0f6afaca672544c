const REPLACEMENT = '\uFFFD'
const NUL = '\u0000'

/**
 * A JSON value with every half of a surrogate pair and every NUL in its keys and strings turned into U+FFFD; the value
 * itself where there is none. Without recursion, since it runs before the limits walk. Where two keys become the same, one
 * that was right already stays, and of the others the last, as with any member that is named twice. What is no JSON is
 * passed on for the limits walk to refuse.
 */
export function repairText(value: unknown): unknown {
  return isRight(value) ? value : repaired(value)
}

function isRight(root: unknown): boolean {
  const pending: unknown[] = [root]
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value === 'string' && !isStorable(value)) return false
    if (!isContainer(value)) continue
    if (!Array.isArray(value) && !Object.keys(value).every(isStorable)) return false
    for (const member of Object.values(value)) if (mayBeWrong(member)) pending.push(member)
  }
  return true
}

interface Copying {
  readonly from: object
  readonly to: object
}

function repaired(root: unknown): unknown {
  const pending: Copying[] = []
  const copy = (value: unknown): unknown => {
    if (typeof value === 'string') return repairedText(value)
    if (!isContainer(value)) return value
    const to = Array.isArray(value) ? [] : {}
    pending.push({ from: value, to })
    return to
  }
  const result = copy(root)
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) copyMembers(next, copy)
  return result
}

function copyMembers({ from, to }: Copying, copy: (value: unknown) => unknown): void {
  if (Array.isArray(from) && Array.isArray(to)) {
    for (const item of from) to.push(copy(item))
    return
  }
  for (const [name, value] of Object.entries(from)) {
    const right = repairedText(name)
    if (right !== name && Object.hasOwn(from, right)) continue
    // Assigning to `__proto__` would set the prototype, and hide the key from the limits walk.
    Object.defineProperty(to, right, {
      value: copy(value),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
}

function mayBeWrong(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'object'
}

function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes(NUL)
}

function repairedText(text: string): string {
  return isStorable(text) ? text : text.toWellFormed().replaceAll(NUL, REPLACEMENT)
}
