import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { openSqliteStore } from '../sqlite-store.ts'
import type { SessionKey } from '../../store.ts'
import { makeSession, startHelper, withSql, type Workshop } from './workshop.ts'

/** Makes the database that a hub leaves that was stopped in order, with a few sessions; gives the first of them. */
export async function used(workshop: Workshop, sessions = 3): Promise<SessionKey> {
  const store = await openSqliteStore(workshop.database)
  const keys: SessionKey[] = []
  for (let n = 0; n < sessions; n += 1) {
    const metadata = { path: `/p/${n}`, claudeSessionId: `talk-${n}`, note: `note ${n} `.repeat(50) }
    keys.push(await makeSession(store, `tag ${n}`, metadata))
  }
  await store.close()
  const [first] = keys
  if (first === undefined) throw new Error('no session was made')
  return first
}

/** Makes the database that a killed hub leaves: all of the twenty sessions that it answered for are in the log. */
export async function killed(workshop: Workshop): Promise<void> {
  const script = `
    const { readFileSync } = await import('node:fs')
    const store = await openSqliteStore(path)
    const actor = { door: 'hub' }
    for (let n = 0; n < 20; n += 1)
      await store.createOrLoadSession({ namespace: 'default', tag: 'tag ' + n, actor, metadata: { claudeSessionId: 'talk-' + n } })
    while (JSON.parse(readFileSync(path + '.mark', 'utf8')).commits < 20) await new Promise((done) => setTimeout(done, 20))
    console.log('written')`
  const helper = startHelper(workshop, workshop.database, script)
  const line = await helper.line()
  await helper.kill()
  if (line !== 'written' || statSync(`${workshop.database}-wal`).size === 0)
    throw new Error('the killed hub left no log')
}

export function sql(file: string, text: string): Promise<void> {
  return withSql(file, (driver) => driver.exec(text))
}

export function overwrite(file: string, position: number, bytes: Uint8Array): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, bytes, 0, bytes.length, position)
  closeSync(handle)
}

export function cut(file: string, size: number): void {
  const handle = openSync(file, 'r+')
  ftruncateSync(handle, size)
  closeSync(handle)
}

export async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing went wrong',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

/** Opens it, closes it, and tells which sessions were in it. */
export async function tagsIn(path: string): Promise<string[]> {
  const store = await openSqliteStore(path)
  const { items } = await store.listSessions({ namespace: 'default', limit: 1000 })
  await store.close()
  return items.map((item) => item.tag)
}
