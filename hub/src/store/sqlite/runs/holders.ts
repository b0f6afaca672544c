import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Holder } from '@holdfast/shared/records/run'
import type { StoreCore } from '../core.ts'
import { IS_LIVE, runAt, type StoredRun } from './stored-run.ts'

/** Why a program that holds runs is not heard: a later life of it is known. */
export function holderProblem(
  { sql, catalog }: StoreCore,
  namespace: string,
  holder: Holder | undefined,
): Refusal | null {
  const known = catalog.namespace(namespace)
  if (holder === undefined || known === undefined) return null
  const row = sql
    .get('select boot from holder where namespace = ? and id = ?')
    .get<{ boot: number }>(known.key, holder.id)
  if (row === undefined || row.boot <= holder.boot) return null
  const message = `The holder ${holder.id} was started again since: boot ${row.boot} is known, and this is ${holder.boot}. Stop this one.`
  return refuse('lease_lost', message, { field: 'holder' })
}

export function noteBoot({ sql, catalog }: StoreCore, namespace: string, { id, boot }: Holder): void {
  sql
    .get(
      `insert into holder (namespace, id, boot) values (?, ?, ?)
       on conflict (namespace, id) do update set boot = excluded.boot where excluded.boot > boot`,
    )
    .run(catalog.namespaceForWrite(namespace).key, id, boot)
}

/** Its live runs, of whichever life of it. */
export function liveRunsOf(core: StoreCore, namespace: string, { id }: Holder): readonly StoredRun[] {
  const known = core.catalog.namespaceForWrite(namespace)
  return core.sql
    .get(`select key from run where namespace = ? and holder_id = ? and ${IS_LIVE} order by key`)
    .all<{ key: number }>(known.key, id)
    .map(({ key }) => runAt(core, namespace, key))
}

/** A run that lived on while its holder was started again. */
export function adoptBoot({ sql }: StoreCore, { key }: StoredRun, { boot }: Holder): void {
  sql.get('update run set holder_boot = ? where key = ?').run(boot, key)
}
