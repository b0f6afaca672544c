import { openMemory } from '@holdfast/hub/store/sqlite/open'
import { SqliteStore } from '@holdfast/hub/store/sqlite/sqlite-store'
import type * as asked from '@holdfast/hub/store/run-store'
import type * as port from '@holdfast/hub/store/store'
import type { RunRecord } from '@holdfast/shared/records/run'
import { AGENTS } from '@holdfast/shared/agents/registry'
import { judge } from '@holdfast/shared/resume/judge'
import type { RunLedger, TokenAt } from './run-ledger.ts'

const nothing = (): void => undefined

type Answer<Name extends keyof port.Store> = port.Store[Name] extends (...given: never[]) => infer Result
  ? Result
  : never

export interface Outside {
  readonly now: () => number
  readonly newId: () => string
}

/** The store itself, which tells a ledger what it was asked and what it answered, before anybody else hears of it. */
export class WatchedStore extends SqliteStore {
  /** Writes that are under way, and that were. */
  inFlight = 0
  written = 0
  /** Only one thing happens in this step, so that what was read right before still holds. */
  isAlone = false
  readonly sessions = new Map<string, string>()
  readonly outcomes: Record<string, number> = {}
  #ledger: RunLedger | null = null
  #turn = Promise.resolve()

  static async inMemory(ledger: RunLedger, outside: Outside): Promise<WatchedStore> {
    const store = new WatchedStore(await openMemory(outside), outside)
    store.#ledger = ledger
    return store
  }

  get #book(): RunLedger {
    if (this.#ledger === null) throw new Error('Nobody keeps the ledger.')
    return this.#ledger
  }

  override async claimRun(request: asked.ClaimRun): Answer<'claimRun'> {
    const expected = await this.#verdictBefore(request)
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.claimRun(request))
      if (answer.kind === 'refused') return this.#passedOver(answer)
      for (const run of 'ended' in answer ? answer.ended : []) this.#book.told(run)
      this.#count(`claims ${answer.kind}`)
      if (answer.kind === 'held') this.#checkHeld(answer.hold.runId)
      if (answer.kind !== 'claimed') return answer
      const { run, verdict } = answer
      this.sessions.set(request.key, run.session)
      if (answer.replayed !== undefined) {
        this.#book.counted(run, 'a claim said again')
        return answer
      }
      if (expected !== null && !answer.created && JSON.stringify(verdict) !== expected)
        this.#book.wrong(
          'verdict',
          `run ${run.id} was told ${JSON.stringify(verdict)}, on record is ${expected}`,
        )
      const token = run.token
      if (token !== null) this.#count('tokens handed out')
      this.#book.letIn({ run: this.#book.begun(run), token, isAuto: request.intent === 'auto' })
      if (token !== null && token !== verdict.token)
        this.#book.wrong('verdict', `run ${run.id} carries ${token}, and was told ${verdict.token}`)
      return answer
    })
  }

  override registerRun(request: asked.RegisterRun): Answer<'registerRun'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.registerRun(request))
      if (answer.kind === 'refused') return this.#passedOver(answer)
      for (const run of answer.ended) this.#book.told(run)
      this.sessions.set(request.key, answer.run.session)
      if (this.#book.runs.has(answer.run.id)) this.#book.counted(answer.run, 'a registration said again')
      else this.#book.begun(answer.run)
      this.#count('registered')
      return answer
    })
  }

  override openImplicitRun(request: asked.OpenImplicitRun): Answer<'openImplicitRun'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.openImplicitRun(request))
      if (answer.kind === 'refused') return answer
      if (this.#book.runs.has(answer.run.id)) this.#book.counted(answer.run, 'an alive')
      else this.#book.begun(answer.run)
      this.#count('implicit')
      return answer
    })
  }

  override reviveRun(request: asked.RunRequest): Answer<'reviveRun'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.reviveRun(request))
      if (answer.kind === 'refused') return this.#refusedFor(answer, request.run)
      this.#count('revived')
      this.#book.counted(answer.run, 'a heartbeat')
      return answer
    })
  }

  override reportToken(request: asked.ReportToken): Answer<'reportToken'> {
    return this.#during(async (turn) => {
      const { token } = request
      const before = this.#book.runs.get(request.run)
      const answer = await inTurn(turn, super.reportToken(request))
      const isAnother = before?.isUnconfirmed === true && before.token !== token
      // Of a run that has ended, a token that it carried is no news.
      const isNews = before?.endedBy !== 'report' || !before.had.has(token)
      if (answer.kind === 'refused') {
        await this.#late(request.run, token, answer.code)
        return this.#refusedFor(answer, request.run)
      }
      if (isAnother) this.#book.wrong('token', `a resume of ${before.token} was confirmed with ${token}`)
      this.#book.counted(answer.run, 'a token')
      const { session, flavor } = answer.run
      if (isNews) this.#book.tokenIs({ session, flavor: flavor ?? '', token })
      this.#book.versionIs(session, answer.version)
      this.#count(request.state)
      return answer
    })
  }

  override reportRejected(request: asked.ReportRejected): Answer<'reportRejected'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.reportRejected(request))
      if (answer.kind === 'refused') return this.#refusedFor(answer, request.run)
      this.#count('rejected')
      this.#book.counted(answer.run, 'a rejection')
      this.#book.runs.get(request.run)?.carried.delete(request.token)
      return answer
    })
  }

  override completeRun(request: asked.CompleteRun): Answer<'completeRun'> {
    return this.#during(async (turn) => {
      const { token } = request
      const answer = await inTurn(turn, super.completeRun(request))
      const isAgain = this.#book.runs.get(request.run)?.endedBy === 'report'
      if (answer.kind === 'refused') {
        if (token !== undefined) await this.#late(request.run, token, answer.code)
        return this.#refusedFor(answer, request.run)
      }
      this.#count(`ended in ${answer.run.state}`)
      if (isAgain) return answer
      this.#book.counted(answer.run, 'an end')
      const { session, flavor } = answer.run
      if (token !== undefined) this.#book.tokenIs({ session, flavor: flavor ?? '', token })
      if (token !== undefined || request.workDir !== undefined) this.#book.versionIs(session, null)
      return answer
    })
  }

  override endRuns(request: asked.EndRuns): Answer<'endRuns'> {
    return this.#during(async (turn) => {
      const ended = await inTurn(turn, super.endRuns(request))
      for (const run of ended)
        if (request.endedBy === 'lease') this.#book.lapsed(run)
        else this.#book.told(run)
      this.#count('ended by the hub', ended.length)
      return ended
    })
  }

  override endHolderRuns(request: asked.HolderRuns): Answer<'endHolderRuns'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.endHolderRuns(request))
      if (answer.kind === 'refused') return answer
      for (const run of answer.ended) this.#checkHoldersEnd(run, request)
      this.#count('ended by their holder', answer.ended.length)
      return answer
    })
  }

  override beginResume(request: asked.BeginResume): Answer<'beginResume'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.beginResume(request))
      if (answer.kind === 'held') this.#checkHeld(answer.hold.runId)
      if (answer.kind !== 'begun' || answer.run === null) return answer
      this.#count('resumes')
      const { run } = answer
      this.#book.letIn({ run: this.#book.begun(run), token: run.token, isAuto: false })
      return answer
    })
  }

  override resumeAccepted(request: Parameters<port.Store['resumeAccepted']>[0]): Answer<'resumeAccepted'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.resumeAccepted(request))
      if (answer.kind === 'run') this.#book.told(answer.run)
      return answer
    })
  }

  override moveResume(request: Parameters<port.Store['moveResume']>[0]): Answer<'moveResume'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.moveResume(request))
      if (answer.kind === 'run') this.#book.told(answer.run)
      return answer
    })
  }

  override giveUpResume(request: asked.RunRequest & { readonly reason: string }): Answer<'giveUpResume'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.giveUpResume(request))
      if (answer.kind === 'run') this.#book.told(answer.run)
      this.#count('given up')
      return answer
    })
  }

  override updateSessionMetadata(request: port.ReplaceMetadata): Answer<'updateSessionMetadata'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.updateSessionMetadata(request))
      if (answer.kind !== 'written') return answer
      const { session, metadata } = request as {
        session: string
        metadata: { readonly [field: string]: unknown }
      }
      for (const { flavor, tokenField } of AGENTS) {
        const token = tokenField === null ? undefined : metadata[tokenField]
        if (typeof token === 'string') this.#book.tokenIs({ session, flavor, token })
      }
      this.#book.versionIs(session, answer.version)
      return answer
    })
  }

  override patchSessionMetadata(request: port.PatchMetadata): Answer<'patchSessionMetadata'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.patchSessionMetadata(request))
      if (answer.kind === 'written') this.#book.versionIs(request.session, answer.version)
      return answer
    })
  }

  override clearResumeToken(request: port.ClearToken): Answer<'clearResumeToken'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.clearResumeToken(request))
      if (answer.kind !== 'written') return answer
      this.#book.tokenCleared(request)
      this.#book.versionIs(request.session, answer.version)
      return answer
    })
  }

  override putBackToken(request: port.PutBackToken): Answer<'putBackToken'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.putBackToken(request))
      if (answer.kind === 'written') this.#moved({ ...request, token: request.value }, answer.version)
      return answer
    })
  }

  override rebindToken(request: asked.RebindToken): Answer<'rebindToken'> {
    return this.#during(async (turn) => {
      const answer = await inTurn(turn, super.rebindToken(request))
      if (answer.kind === 'written') this.#moved(request, answer.version)
      return answer
    })
  }

  /** What a hub that was killed had asked for is carried out before the next one starts. */
  async idle(): Promise<void> {
    while (this.inFlight > 0) await this.#turn
  }

  #moved({ session, flavor, token }: TokenAt, version: number): void {
    this.#book.tokenIs({ session, flavor, token })
    this.#book.versionIs(session, version)
  }

  #count(name: string, by = 1): void {
    this.outcomes[name] = (this.outcomes[name] ?? 0) + by
  }

  /** What is noted is noted in the order of the calls, which is that in which the store carries them out. */
  async #during<Value>(work: (turn: Promise<void>) => Promise<Value>): Promise<Value> {
    const turn = this.#turn
    let done = nothing
    this.#turn = new Promise((resolve) => {
      done = resolve
    })
    this.inFlight += 1
    this.written += 1
    try {
      return await work(turn)
    } finally {
      this.inFlight -= 1
      done()
    }
  }

  /** What the facts on record say, where nothing of the claim itself changes them. */
  async #verdictBefore(request: asked.ClaimRun): Promise<string | null> {
    const { namespace, key, flavor, machineId, runtimeId, intent, directory = null } = request
    const session = this.sessions.get(key)
    if (!this.isAlone || session === undefined) return null
    if (request.evidence !== undefined || request.holder !== undefined) return null
    const facts = await this.readFacts({ namespace, session, flavor, claimant: { machineId, runtimeId } })
    if (facts === null) return null
    return JSON.stringify(judge({ ...facts, workDir: facts.workDir ?? directory }, intent))
  }

  /** Of an older life of its holder, or for a run that has ended. */
  #passedOver<Refused extends { readonly code: string }>(answer: Refused): Refused {
    this.#count(answer.code)
    return answer
  }

  #refusedFor<Refused extends { readonly code: string }>(answer: Refused, id: string | undefined): Refused {
    this.#count(answer.code)
    const run = id === undefined ? undefined : this.#book.runs.get(id)
    if (answer.code === 'lease_lost' && run !== undefined && this.#book.mayLive(run))
      this.#book.wrong('lease', `run ${run.id} has its lease, and was told that it has lost it`)
    return answer
  }

  #checkHeld(holder: string): void {
    const run = this.#book.runs.get(holder)
    if (run === undefined || !run.isLive)
      this.#book.wrong(
        'lease',
        `somebody was told that ${holder} is in the way, which is ${run?.state ?? 'unknown'}`,
      )
  }

  #checkHoldersEnd(run: RunRecord, { holder, runs }: asked.HolderRuns): void {
    if (run.holder?.id !== holder.id || runs.includes(run.id))
      this.#book.wrong('lease', `the list of ${holder.id} ended run ${run.id}`)
    this.#book.told(run)
  }

  /** A token that came too late is remembered, and the run may have been ended for it. */
  async #late(id: string, token: string, code: string): Promise<void> {
    const run = this.#book.runs.get(id)
    if (run === undefined || run.flavor === null) return
    if (code === 'lease_lost' || code === 'identity_mismatch')
      this.#book.tokenLate({ session: run.session, flavor: run.flavor, token })
    if (code !== 'identity_mismatch') return
    const record = await this.readRun({ namespace: NAMESPACE, run: id })
    if (record !== null) this.#book.told(record)
    if (record?.state !== 'failed')
      this.#book.wrong('token', `run ${id} loaded another conversation, and goes on`)
  }
}

export const NAMESPACE = 'default'

async function inTurn<Value>(turn: Promise<void>, asked: Promise<Value>): Promise<Value> {
  const answer = await asked
  await turn
  return answer
}
