import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import { loadDriver } from '@holdfast/hub/store/sqlite/driver'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { Actor } from '@holdfast/shared/records/actor'
import { BareStatements } from './bare-statements.ts'
import { sessionId, sessionTag } from './documents.ts'
import { JsonColumnStore } from './json-column-store.ts'
import type { About, Variant } from './variant.ts'
import { openWorkerStore, type BenchedStore } from './worker-store.ts'

export interface PatchCall {
  readonly session: string
  readonly patch: JsonObject
  readonly mutationId: string
}

export interface ReplaceCall {
  readonly session: string
  readonly metadata: JsonObject
  readonly expectedVersion: number
}

/** One store under test. A write resolves with its answer once it is durable, and is rejected if it changed nothing. */
export interface Engine {
  create(index: number, document: JsonObject): Promise<void>
  patch(call: PatchCall, actor: Actor): Promise<object>
  replace(call: ReplaceCall, actor: Actor): Promise<object>
  close(): Promise<void>
}

export async function openEngine(variant: Variant, database: string): Promise<Engine> {
  if (variant.engine === 'column') return columnEngine(await JsonColumnStore.open(database))
  if (variant.engine === 'bare') return bareEngine(await BareStatements.open(database))
  if (variant.engine === 'worker')
    return storeEngine(await openWorkerStore(database, variant.callsPerMessage))
  return storeEngine(await openSqliteStore(database))
}

export const NAMESPACE = 'default'
const FILLER: Actor = { door: 'import' }
const CHANGED_FIELDS = 4

function storeEngine(store: BenchedStore): Engine {
  return {
    async create(index, metadata) {
      const request = {
        namespace: NAMESPACE,
        id: sessionId(index),
        tag: sessionTag(index),
        actor: FILLER,
        metadata,
      }
      const answer = await store.createOrLoadSession(request)
      if (answer.kind !== 'session' || answer.refused.length > 0) throw unexpected(answer)
    },
    async patch({ session, patch, mutationId }, actor) {
      const answer = await store.patchSessionMetadata({
        namespace: NAMESPACE,
        session,
        patch,
        mutationId,
        actor,
      })
      if (answer.kind !== 'written' || answer.changed.length !== CHANGED_FIELDS) throw unexpected(answer)
      return answer
    },
    async replace({ session, metadata, expectedVersion }, actor) {
      const answer = await store.updateSessionMetadata({
        namespace: NAMESPACE,
        session,
        metadata,
        expectedVersion,
        actor,
      })
      if (answer.kind !== 'written' || answer.version !== expectedVersion + 1) throw unexpected(answer)
      return answer
    },
    close: () => store.close(),
  }
}

function columnEngine(store: JsonColumnStore): Engine {
  return {
    create: (index, document) => store.create(sessionId(index), document),
    patch: ({ session, patch }) => store.patch(session, patch),
    replace: () => Promise.reject(new Error('The JSON column is measured with patches only.')),
    close: () => store.close(),
  }
}

function bareEngine(store: BareStatements): Engine {
  return {
    create: (index, document) => store.create(sessionId(index), document),
    patch: ({ session, patch, mutationId }) => store.patch(session, patch, mutationId),
    replace: () => Promise.reject(new Error('The bare statements are measured with patches only.')),
    close: () => store.close(),
  }
}

function unexpected(answer: unknown): Error {
  return new Error(`A write did not do what it should: ${JSON.stringify(answer).slice(0, 500)}`)
}

export async function aboutThisProcess(): Promise<About> {
  const open = await loadDriver()
  const driver = open(':memory:')
  try {
    const row = driver.prepare('select sqlite_version() as version').get<{ version: string }>()
    const bun = process.versions['bun']
    const runtime = bun === undefined ? `Node ${process.versions.node}` : `Bun ${bun}`
    return { runtime, library: driver.library, sqlite: row?.version ?? 'unknown' }
  } finally {
    driver.close()
  }
}
