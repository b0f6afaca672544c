import { existsSync } from 'node:fs'
import type { OpenDriver } from './driver.ts'

export interface RevivedDevice {
  readonly id: string
  readonly namespace: string
  readonly name: string
}

/**
 * The devices whose tokens open the hub again after a restore: those that were taken back in the database that is
 * replaced, and not yet in the backup. Null where the one that is replaced is not there or can not be read.
 */
export function revivedDevices(
  open: OpenDriver,
  { backup, replaced }: { readonly backup: string; readonly replaced: string },
): readonly RevivedDevice[] | null {
  const revoked = revokedIn(open, replaced)
  if (revoked === null) return null
  return devicesIn(open, backup, 'd.revoked_at is null').filter(({ id }) => revoked.has(id))
}

function revokedIn(open: OpenDriver, file: string): ReadonlySet<string> | null {
  if (!existsSync(file)) return null
  try {
    return new Set(devicesIn(open, file, 'd.revoked_at is not null').map(({ id }) => id))
  } catch {
    // What is replaced may be damaged, or older than devices: that is no reason not to replace it.
    return null
  }
}

function devicesIn(open: OpenDriver, file: string, which: string): readonly RevivedDevice[] {
  const driver = open(file, { readonly: true })
  try {
    return driver
      .prepare(
        `select d.id, n.name as namespace, d.name from device d join namespace n on n.key = d.namespace
         where ${which} order by d.key`,
      )
      .all<RevivedDevice>()
  } finally {
    driver.close()
  }
}
