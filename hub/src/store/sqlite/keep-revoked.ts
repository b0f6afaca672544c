import { existsSync } from 'node:fs'
import type { OpenDriver, SqliteDriver } from './driver.ts'

export interface RevokedDevice {
  readonly id: string
  readonly namespace: string
  readonly name: string
}

interface Revocation {
  readonly id: string
  readonly at: number
}

/**
 * What was taken back stays so: devices that are revoked in the database that is replaced, and not yet in the backup, are
 * revoked in the copy of the backup too. Null where the one that is replaced is not there or can not be read.
 */
export function keepRevoked(
  open: OpenDriver,
  { copy, replaced }: { readonly copy: string; readonly replaced: string },
): readonly RevokedDevice[] | null {
  const revocations = revocationsIn(open, replaced)
  if (revocations === null) return null
  const driver = open(copy)
  try {
    driver.exec('begin immediate')
    const revoked = revocations.flatMap((revocation) => revoke(driver, revocation))
    driver.exec('commit')
    return revoked
  } finally {
    driver.close()
  }
}

function revocationsIn(open: OpenDriver, file: string): readonly Revocation[] | null {
  if (!existsSync(file)) return null
  try {
    const driver = open(file, { readonly: true })
    try {
      return driver
        .prepare('select id, revoked_at as at from device where revoked_at is not null order by key')
        .all<Revocation>()
    } finally {
      driver.close()
    }
  } catch {
    // What is replaced may be damaged, or older than devices: that is no reason not to replace it.
    return null
  }
}

function revoke(driver: SqliteDriver, { id, at }: Revocation): RevokedDevice[] {
  return driver
    .prepare(
      `update device set revoked_at = ? where id = ? and revoked_at is null
       returning id, name, (select n.name from namespace n where n.key = device.namespace) as namespace`,
    )
    .all<RevokedDevice>(at, id)
}
