// The far end of the worker store: opens the same store on this thread and runs the calls that come in.
import { parentPort, workerData } from 'node:worker_threads'
import { openSqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import type { CreateSession, PatchMetadata, ReplaceMetadata, Store } from '@holdfast/hub/store/store'
import { must } from '@holdfast/shared/errors/assert'
import type { Actor } from '@holdfast/shared/records/actor'
import type { FromWorker, ToWorker, WorkerCall } from './worker-message.ts'

const port = must(parentPort, 'this module runs on a worker thread')
const actors: Actor[] = []

function say(message: FromWorker): void {
  port.postMessage(message)
}

function run(store: Store, { method, actor, request }: WorkerCall): Promise<unknown> {
  const complete = { ...request, actor: must(actors[actor], 'an actor comes before its calls') }
  switch (method) {
    case 'createOrLoadSession':
      return store.createOrLoadSession(complete as CreateSession)
    case 'patchSessionMetadata':
      return store.patchSessionMetadata(complete as PatchMetadata)
    case 'updateSessionMetadata':
      return store.updateSessionMetadata(complete as ReplaceMetadata)
  }
}

async function answer(store: Store, message: ToWorker): Promise<void> {
  if (message.kind === 'close') {
    await store.close()
    say({ kind: 'closed' })
    return
  }
  actors.push(...message.actors)
  const calls = JSON.parse(message.calls) as WorkerCall[]
  const answers = await Promise.all(calls.map((call) => run(store, call)))
  say({ kind: 'answers', id: message.id, answers: JSON.stringify(answers) })
}

function failed(error: unknown): void {
  say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
}

try {
  const store = await openSqliteStore((workerData as { database: string }).database)
  port.on('message', (message: ToWorker) => {
    answer(store, message).catch(failed)
  })
  say({ kind: 'open' })
} catch (error) {
  failed(error)
}
