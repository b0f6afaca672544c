/** Whether a value has more members than that, at every depth and in lists too. Without recursion, and not counting on. */
export function hasMoreMembers(root: object, most: number): boolean {
  const pending: object[] = [root]
  let count = 0
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const members: unknown[] = Object.values(value)
    count += members.length
    if (count > most) return true
    for (const member of members) if (typeof member === 'object' && member !== null) pending.push(member)
  }
  return false
}
