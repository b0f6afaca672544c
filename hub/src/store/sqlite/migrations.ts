import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { OpenDriver, SqliteDriver } from './driver.ts'
import { damaged, openError } from './file-checks.ts'

/** "hfst", so that a database of another program is recognised. */
export const APPLICATION_ID = 0x68667374

export interface Migration {
  readonly id: number
  readonly name: string
  readonly sql: string
}

const folder = fileURLToPath(new URL('./sql/', import.meta.url))

/** The numbered files of `sql/`, in order. */
export function readMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
    .toSorted()
    .map((file) => ({
      id: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      sql: readFileSync(`${folder}${file}`, 'utf8'),
    }))
}

const SCHEMA_MIGRATION = `
create table if not exists schema_migration (
  id integer primary key,
  name text not null,
  sha256 text not null,
  at integer not null
) strict`

function pragma(driver: SqliteDriver, name: string): number {
  return Object.values(driver.prepare(`pragma ${name}`).get<Record<string, number>>() ?? {})[0] ?? 0
}

/** What a file says of itself, before anything is written to it. */
export function checkIdentity(
  driver: SqliteDriver,
  file: string,
  known: readonly Migration[],
): 'empty' | 'ours' {
  const objects = driver.prepare('select count(*) as n from sqlite_schema').get<{ n: number }>()?.n ?? 0
  const application = pragma(driver, 'application_id')
  if (objects === 0 && application === 0) return 'empty'
  if (application !== APPLICATION_ID) {
    throw new HoldfastError(
      'database_foreign',
      `${file} is the database of another program. It was left as it is.`,
    )
  }
  const version = pragma(driver, 'user_version')
  const newest = known.at(-1)?.id ?? 0
  if (version > newest) {
    throw new HoldfastError(
      'database_newer',
      `${file} was written by a newer release (schema ${version}; this one knows ${newest}). It was left as it is; install that release.`,
    )
  }
  return 'ours'
}

/** Applies what is missing, each in a transaction of its own, so that a kill leaves the file at one step or the next. */
export function migrate(driver: SqliteDriver, migrations: readonly Migration[], now: number): number[] {
  claim(driver)
  const done = new Set(
    driver
      .prepare('select id from schema_migration')
      .all<{ id: number }>()
      .map((row) => row.id),
  )
  const missing = migrations.filter((migration) => !done.has(migration.id))
  for (const migration of missing) apply(driver, migration, now)
  return missing.map((migration) => migration.id)
}

/** The first table and the mark of ours come together: a file that has one without the other looks like a stranger's. */
function claim(driver: SqliteDriver): void {
  if (pragma(driver, 'application_id') === APPLICATION_ID) return
  driver.exec('begin immediate')
  try {
    driver.exec(SCHEMA_MIGRATION)
    driver.exec(`pragma application_id = ${APPLICATION_ID}`)
    driver.exec('commit')
  } catch (error) {
    if (driver.inTransaction) driver.exec('rollback')
    throw error
  }
}

function apply(driver: SqliteDriver, migration: Migration, now: number): void {
  const sha256 = createHash('sha256').update(migration.sql).digest('hex')
  driver.exec('begin immediate')
  try {
    driver.exec(migration.sql)
    driver
      .prepare('insert into schema_migration (id, name, sha256, at) values (?, ?, ?, ?)')
      .run(migration.id, migration.name, sha256, now)
    driver.exec(`pragma user_version = ${migration.id}`)
    driver.exec('commit')
  } catch (error) {
    if (driver.inTransaction) driver.exec('rollback')
    throw openError(`schema ${migration.id}`, error)
  }
}

interface SchemaObject {
  readonly name: string
  readonly sql: string
}

/** Every object of ours, as SQLite records it. */
function schemaObjects(driver: SqliteDriver): SchemaObject[] {
  return driver
    .prepare(
      `select name, sql from sqlite_schema where sql is not null and name not like 'sqlite_%' order by type, name`,
    )
    .all<SchemaObject>()
}

/** What a database has that these migrations made. */
export function schemaMadeBy(open: OpenDriver, migrations: readonly Migration[]): SchemaObject[] {
  const model = open(':memory:')
  try {
    migrate(model, migrations, 0)
    return schemaObjects(model)
  } finally {
    model.close()
  }
}

/** What the migrations made must be there as they made it; what somebody added beside it does no harm. */
export function checkSchema(driver: SqliteDriver, file: string, expected: readonly SchemaObject[]): void {
  const found = new Map(schemaObjects(driver).map((object) => [object.name, object.sql]))
  const wrong = expected
    .filter((object) => found.get(object.name) !== object.sql)
    .map((object) => object.name)
  if (wrong.length > 0) throw damaged(file, `its schema is not what it should be: ${wrong.join(', ')}`)
}
