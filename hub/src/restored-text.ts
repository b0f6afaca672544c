import { printable } from '@holdfast/shared/protocol/printable'
import { VERSION_STEP, type Restored } from './store/sqlite/restore-backup.ts'

/** What a person is told whose backup was restored. */
export function restoredText(restored: Restored, database: string): string {
  const { epoch, sessions, replaced, revoked } = restored
  return [
    `Restored ${database}: ${sessions} ${sessions === 1 ? 'session' : 'sessions'}.`,
    `  epoch     ${epoch} (new: clients read everything again)`,
    `  versions  each moved up by ${VERSION_STEP.toLocaleString('en')}, so that none from before is taken for one from after`,
    replaced === null
      ? '  before    there was no database'
      : `  before    set aside as ${replaced}; delete it when you are sure that you do not need it`,
    ...revokedLines(revoked),
    '',
  ].join('\n')
}

function revokedLines(revoked: Restored['revoked']): readonly string[] {
  if (revoked === null)
    return [
      '  warning   a device that was revoked after the backup was made can come in again, and which ones these are could',
      '            not be told. Start the hub, look at: holdfast device list',
    ]
  return revoked.map(
    ({ id, namespace, name }) =>
      `  revoked   ${printable(name)} (${id}, namespace ${printable(namespace)}) stays revoked, which the backup did not know`,
  )
}
