/**
 * SQL for "may be the same machine", with the machine as a parameter twice. One that is not on record may be any: only a
 * known difference tells two conversations apart.
 */
export function maybeSame(column: string): string {
  return `(${column} is null or ? is null or ${column} = ?)`
}
