import { agentOf } from '@holdfast/shared/agents/registry'
import { verdictClass } from '@holdfast/shared/resume/verdict-class'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { RunLedger } from './run-ledger.ts'
import { NAMESPACE, type WatchedStore } from './watched-store.ts'

export interface Checked {
  readonly store: WatchedStore
  readonly ledger: RunLedger
}

async function liveRuns(store: WatchedStore): Promise<readonly RunRecord[]> {
  const page = await store.liveRuns({ limit: 200 })
  return page.items.map(({ run }) => run)
}

/** After every step: who is in, and what the sessions say, is what it has to be. */
export async function checkStanding({ store, ledger }: Checked): Promise<void> {
  checkExclusion(await liveRuns(store), ledger)
  for (const session of store.sessions.values()) await checkSession({ store, ledger }, session)
}

/** At most one claim or resume in a session, and in a conversation, but for those that are known to be in contention. */
function checkExclusion(live: readonly RunRecord[], ledger: RunLedger): void {
  for (const [index, one] of live.entries())
    for (const other of live.slice(index + 1)) {
      const isSameSession = one.session === other.session
      const areExclusive = isExclusive(one) && isExclusive(other)
      const areMarked = one.contended && other.contended
      if (isSameSession && areExclusive)
        ledger.wrong('lease', `${one.id} and ${other.id} are both in ${one.session}`)
      else if ((isSameSession || isSameConversation(one, other)) && !areMarked)
        ledger.wrong('lease', `${one.id} and ${other.id} are in one conversation, and nobody knows it`)
    }
}

const isExclusive = ({ kind }: RunRecord): boolean => kind === 'claimed' || kind === 'resume'

function isSameConversation(one: RunRecord, other: RunRecord): boolean {
  if (one.token === null || one.token !== other.token || one.flavor !== other.flavor) return false
  return one.machineId !== null && one.machineId === other.machineId
}

async function checkSession({ store, ledger }: Checked, id: string): Promise<void> {
  const session = await store.readSession({ namespace: NAMESPACE, session: id })
  if (session === null) return ledger.wrong('lost', `session ${id} is gone`)
  for (const [flavor, expected] of ledger.expectedTokens(id)) {
    const field = agentOf(flavor)?.tokenField ?? ''
    const actual = session.metadata[field] ?? null
    if (actual !== expected)
      ledger.wrong('token', `the ${flavor} token of ${id} is ${JSON.stringify(actual)}, not ${expected}`)
  }
  const version = ledger.expectedVersion(id)
  if (version !== null && session.metadataVersion !== version)
    ledger.wrong(
      'ghost',
      `${id} is at version ${session.metadataVersion}, and the last answer said ${version}`,
    )
  ledger.versionIs(id, session.metadataVersion)
  await checkVerdict({ store, ledger }, id)
}

/** What lists say is what the facts on record say. */
async function checkVerdict({ store, ledger }: Checked, id: string): Promise<void> {
  const key = { namespace: NAMESPACE, session: id }
  const [session, facts] = [await store.readSession(key), await store.readFacts(key)]
  if (session === null || facts === null) return
  const said = JSON.stringify(session.verdict)
  const is = JSON.stringify(verdictClass(facts))
  if (said !== is) ledger.wrong('verdict', `lists say ${said} of ${id}, on record is ${is}`)
}

/** At the end: whatever was ever said is in the history. */
export async function checkHistory({ store, ledger }: Checked): Promise<void> {
  for (const session of store.sessions.values()) {
    const had = await store.tokenHistory({ namespace: NAMESPACE, session, limit: 200 })
    const values = new Set(had?.items.map(({ flavor, value }) => `${flavor} ${value}`))
    for (const { flavor, token } of ledger.said.filter((said) => said.session === session))
      if (!values.has(`${flavor} ${token}`)) ledger.wrong('token', `${token} of ${session} is in no history`)
  }
}

/** What a crash and a restart must leave as it is. */
export async function standing(store: WatchedStore): Promise<string> {
  const runs = await liveRuns(store)
  const sessions: unknown[] = []
  for (const session of store.sessions.values()) {
    const record = await store.readSession({ namespace: NAMESPACE, session })
    sessions.push([session, record?.metadata, record?.metadataVersion])
  }
  return JSON.stringify({ runs, sessions })
}
