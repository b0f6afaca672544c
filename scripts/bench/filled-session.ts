import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import type { RunStore } from '@holdfast/hub/store/run-store'
import type { Store } from '@holdfast/hub/store/store'
import type { Actor } from '@holdfast/shared/records/actor'
import { documentOf, mixed, sessionId, sessionTag } from './documents.ts'
import { NAMESPACE } from './engine.ts'
import { SMALL_DOCUMENT } from './variant.ts'

/** What is needed of a store here. */
export type FilledStore = Pick<Store, 'createOrLoadSession' | 'clearResumeToken'> &
  Pick<RunStore, 'registerRun' | 'reportToken' | 'noteEvidence' | 'endRuns'>

/** What became of a session; each gives it another place in the census. */
type Life =
  | 'made'
  | 'without token'
  | 'without agent'
  | 'cleared'
  | 'finished'
  | 'unseen'
  | 'interrupted'
  | 'running'

/** Of a thousand sessions; the others were made and no more. What costs more than being made is kept rare. */
const IN_A_THOUSAND: readonly (readonly [Life, number])[] = [
  ['finished', 20],
  ['unseen', 5],
  ['interrupted', 5],
  ['cleared', 10],
  ['without agent', 10],
  ['without token', 100],
]

/** As many as run at once where there are very many sessions; the last of each ten thousand. */
const FOR_EACH_RUNNING = 10_000

const AGENTS = [
  ['claude', 'claudeSessionId'],
  ['claude', 'claudeSessionId'],
  ['claude', 'claudeSessionId'],
  ['codex', 'codexSessionId'],
  ['codex', 'codexSessionId'],
  ['gemini', 'geminiSessionId'],
  ['opencode', 'opencodeSessionId'],
] as const

const FILLER: Actor = { door: 'import' }

function lifeOf(index: number): Life {
  if (index % FOR_EACH_RUNNING === FOR_EACH_RUNNING - 1) return 'running'
  let left = mixed(index + 0x51ed) % 1000
  for (const [life, share] of IN_A_THOUSAND) {
    if (left < share) return life
    left -= share
  }
  return 'made'
}

interface Session {
  readonly index: number
  readonly id: string
  readonly flavor: string
  readonly token: string
  readonly machineId: string
  readonly directory: string
  readonly metadata: JsonObject
}

function sessionOf(index: number): Session {
  const { claudeSessionId, flavor: _, ...rest } = documentOf(index, SMALL_DOCUMENT)
  const [flavor, tokenField] = AGENTS[mixed(index + 0xa9e7) % AGENTS.length] ?? AGENTS[0]
  const token = text(claudeSessionId)
  const whole = { ...rest, flavor, [tokenField]: token }
  const life = lifeOf(index)
  const metadata = life === 'without agent' ? rest : life === 'without token' ? { ...rest, flavor } : whole
  return {
    index,
    id: sessionId(index),
    flavor,
    token,
    machineId: text(rest['machineId']),
    directory: text(rest['path']),
    metadata,
  }
}

function text(value: Json | undefined): string {
  if (typeof value !== 'string') throw unexpected(value)
  return value
}

/** One of the small sessions of a store that holds many: of some agents, on some machines, in every class of the census. */
export async function makeFilledSession(store: FilledStore, index: number): Promise<void> {
  const session = sessionOf(index)
  const { id, metadata } = session
  const made = await store.createOrLoadSession({
    namespace: NAMESPACE,
    id,
    tag: sessionTag(index),
    actor: FILLER,
    metadata,
  })
  if (made.kind !== 'session' || made.refused.length > 0) throw unexpected(made)
  await live(store, session, lifeOf(index))
}

async function live(store: FilledStore, session: Session, life: Life): Promise<void> {
  switch (life) {
    case 'made':
    case 'without token':
    case 'without agent':
      return
    case 'cleared':
      return clear(store, session)
    case 'running':
      return begin(store, session)
    case 'finished':
      await begin(store, session)
      await see(store, session)
      return end(store, session, 'success')
    case 'unseen':
      await begin(store, session)
      return end(store, session, 'success')
    case 'interrupted':
      await begin(store, session)
      return end(store, session, 'interrupted')
  }
}

async function clear(store: FilledStore, { id, flavor }: Session): Promise<void> {
  const cleared = await store.clearResumeToken({ namespace: NAMESPACE, session: id, actor: FILLER, flavor })
  if (cleared.kind !== 'written') throw unexpected(cleared)
}

/** A run that carries the session's token. */
async function begin(
  store: FilledStore,
  { index, id, flavor, token, machineId, directory }: Session,
): Promise<void> {
  const run = { namespace: NAMESPACE, actor: FILLER }
  const begun = await store.registerRun({
    ...run,
    key: sessionTag(index),
    runId: id,
    flavor,
    machineId,
    runtimeId: `${flavor}-runtime`,
    directory,
  })
  if (begun.kind === 'refused') throw unexpected(begun)
  const reported = await store.reportToken({ ...run, run: id, token, state: 'provisional' })
  if (reported.kind === 'refused') throw unexpected(reported)
}

/** Its transcript and its directory are there. */
async function see(store: FilledStore, { id, flavor, token }: Session): Promise<void> {
  const transcript = { state: 'present', because: null } as const
  const seen = { namespace: NAMESPACE, session: id, flavor, token, transcript, directory: 'present' } as const
  const answer = await store.noteEvidence(seen)
  if (!answer.noted) throw unexpected(answer)
}

async function end(store: FilledStore, { id }: Session, outcome: 'success' | 'interrupted'): Promise<void> {
  const runs = [{ namespace: NAMESPACE, run: id }]
  const endedBy = outcome === 'success' ? 'report' : 'lease'
  const ended = await store.endRuns({ runs, outcome, endedBy })
  if (ended.length !== 1) throw unexpected(ended)
}

function unexpected(answer: unknown): Error {
  return new Error(`A session could not be filled in: ${JSON.stringify(answer).slice(0, 500)}`)
}
