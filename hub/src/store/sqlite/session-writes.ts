import { assert, must } from '@holdfast/shared/errors/assert'
import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Json } from '@holdfast/shared/metadata/json'
import { clearResumeToken } from '../../sessions/clear-resume-token.ts'
import type {
  Checked,
  Decision,
  PatchAnswer,
  ReplaceAnswer,
  VersionMismatch,
  WriteRule,
} from '../../sessions/decision.ts'
import { patchSessionMetadata } from '../../sessions/patch-session-metadata.ts'
import { checkMetadata } from '../../sessions/plan.ts'
import { putBackToken } from '../../sessions/put-back-token.ts'
import { rebindToken, type RebindRequest } from '../../sessions/rebind-token.ts'
import { restoreSession } from '../../sessions/restore-session.ts'
import { updateSessionMetadata } from '../../sessions/update-session-metadata.ts'
import type { WriteContext } from '../../sessions/write.ts'
import { readSettings, requestProblem, stateText } from '../requests.ts'
import type { Held, RebindToken } from '../run-store.ts'
import type {
  ClearToken,
  CreatedSession,
  CreateSession,
  FieldsWritten,
  PatchMetadata,
  PutBackToken,
  ReplaceMetadata,
  RestoreFields,
  SessionKey,
} from '../store.ts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { bodyHash, replayOf, takeMutation, type Once } from './mutations.ts'
import { completePast, readPast } from './past.ts'
import { holdForRebind, rebindRecord } from './rebind-record.ts'
import { createOrLoad, loadByTag } from './session-birth.ts'
import { SESSION_NOT_FOUND } from './session-not-found.ts'
import { liftQuarantine } from './token-proof.ts'
import { WriteCounts, type WriteAnswer } from './write-counts.ts'
import { fieldsForWrite, writePlan } from './write-plan.ts'

interface WriteRequest extends SessionKey {
  readonly actor: WriteContext['actor']
  readonly reason?: string | undefined
  readonly mutationId?: string | undefined
  readonly expectedVersion?: number | undefined
}

interface Around {
  /** What a mutation id stands for: the operation, and its arguments. */
  readonly body: readonly [operation: string, given: () => Json]
  /** Brings the request up to date, first thing inside the transaction. */
  readonly complete?: () => void
  /** What else takes effect in the same transaction, also where no field changes. */
  readonly after?: ((session: KnownSession) => void) | undefined
}

interface Decided<Answer> {
  readonly decision: Decision<Answer>
  /** Null where there is no such session. */
  readonly known: KnownSession | null
  readonly context: WriteContext
}

type Carried = Pick<Decided<unknown>, 'known' | 'context'> & Pick<Around, 'after'>
type TokenOfSession = Pick<PutBackToken, 'namespace' | 'session' | 'flavor' | 'value'>

/** The write path: every method is one job of the commit queue, and runs a rule inside the batch's transaction. */
export class SessionWrites {
  readonly counts = new WriteCounts()
  readonly #core: StoreCore

  constructor(core: StoreCore) {
    this.#core = core
  }

  async create(request: CreateSession): Promise<CreatedSession | Refusal> {
    try {
      const answer = await this.#create(request)
      this.counts.noteBirth(answer)
      return answer
    } catch (error) {
      this.counts.outcomes.failed += 1
      throw error
    }
  }

  async #create(request: CreateSession): Promise<CreatedSession | Refusal> {
    const { namespace, tag, id, actor, reason } = request
    const problem = this.#core.actors.problem(actor) ?? requestProblem({ namespace, tag, id, reason })
    if (problem !== null) return problem
    // Of a session that is there the rest of the request does not count, however wrong it is.
    const loaded = await this.#core.read(() => loadByTag(this.#core, request))
    if (loaded !== null) return loaded
    const checked = checkMetadata(request.metadata)
    if (checked.kind === 'refused') return checked
    const state = stateText(request.agentState)
    if (state.kind === 'refused') return state
    const read = readSettings(request.settings ?? {})
    if (read.kind === 'refused') return read
    const beside = { state, settings: read.settings }
    return this.#core.write(
      () => createOrLoad(this.#core, request, beside),
      state.text.length + checked.bytes,
    )
  }

  replace(request: ReplaceMetadata): Promise<ReplaceAnswer | VersionMismatch | Refusal> {
    return this.#submit(updateSessionMetadata, request, () => () => {
      const { decision, known, context } = this.#decide(updateSessionMetadata, request)
      return this.#carryOut(decision, { known, context })
    })
  }

  patch(request: PatchMetadata): Promise<FieldsWritten | VersionMismatch | Refusal> {
    return this.#submitOnce(patchSessionMetadata, request, { body: ['patch', () => request.patch as Json] })
  }

  clear(request: ClearToken): Promise<FieldsWritten | VersionMismatch | Refusal> {
    const { flavor, expectedToken } = request
    return this.#submitOnce(clearResumeToken, request, {
      body: ['clear', () => [flavor, expectedToken ?? null]],
    })
  }

  putBack(request: PutBackToken): Promise<FieldsWritten | VersionMismatch | Refusal> {
    const { flavor, value } = request
    const asked: PutBackToken & { paired: string | null | undefined } = { ...request, paired: undefined }
    return this.#submitOnce(putBackToken, asked, {
      body: ['put-back', () => [flavor, value]],
      complete: () => {
        asked.paired = this.#pairedWith(request)
      },
      after: (session) => liftQuarantine(this.#core, { session, flavor, value }),
    })
  }

  async rebind(request: RebindToken): Promise<FieldsWritten | Held | Refusal> {
    const { flavor, token, machineId, runtimeId } = request
    const problem = requestProblem({ runtimeId: runtimeId ?? undefined })
    if (problem !== null) return problem
    const found: { paired: RebindRequest['paired']; hold: RebindRequest['hold'] } = {
      paired: undefined,
      hold: null,
    }
    const asked = Object.assign(found, request)
    const answer = await this.#submitOnce(rebindToken, asked, {
      body: ['rebind', () => [flavor, token, machineId, runtimeId]],
      complete: () => {
        asked.paired = this.#pairedWith({ ...request, value: token })
        asked.hold = holdForRebind(this.#core, request)
      },
      after: (session) => rebindRecord(this.#core, session, request),
    })
    assert(answer.kind !== 'version-mismatch', 'a rebind expects no version')
    const { hold } = asked
    return answer.kind === 'refused' && answer.code === 'run_in_progress' && hold !== null
      ? { kind: 'held', hold }
      : answer
  }

  async restore(request: RestoreFields): Promise<FieldsWritten | VersionMismatch | Refusal> {
    const { version, fields } = request
    const problem = requestProblem({ version })
    if (problem !== null) return problem
    const past = await readPast(this.#core, request)
    return this.#submitOnce(
      restoreSession,
      { ...request, past: past.fields },
      {
        body: ['restore', () => [version, fields === undefined ? null : [...fields]]],
        complete: () => completePast(this.#core, past, request),
      },
    )
  }

  /** Asked inside the write's transaction, since a write before it in the same batch may change the pair. */
  #pairedWith({ namespace, session, flavor, value }: TokenOfSession): string | null | undefined {
    const known = this.#core.catalog.session(namespace, session)
    // A driver may look for another character where it is given half of a surrogate pair.
    if (known === undefined || !value.isWellFormed()) return undefined
    return this.#core.sql
      .get('select paired from resume_token where session = ? and flavor = ? and value = ?')
      .get<{ paired: string | null }>(known.key, flavor, value)?.paired
  }

  /** Runs a rule whose answer is small, once for every mutation id. */
  #submitOnce<Asked>(
    rule: WriteRule<Asked, PatchAnswer>,
    request: Asked & WriteRequest,
    { body, complete, after }: Around,
  ): Promise<FieldsWritten | VersionMismatch | Refusal> {
    return this.#submit(rule, request, () => {
      const { mutationId } = request
      const once =
        mutationId === undefined
          ? null
          : { id: mutationId, body: bodyHash(body[0], request.session, body[1]()) }
      return () => {
        complete?.()
        return this.#runOnce(rule, request, { once, after })
      }
    })
  }

  /** Checks what was sent, queues the job that `prepare` makes of it, and counts what becomes of it. */
  async #submit<Asked, Answer extends WriteAnswer>(
    rule: WriteRule<Asked, PatchAnswer | ReplaceAnswer>,
    request: Asked & WriteRequest,
    prepare: () => () => Answer,
  ): Promise<Answer | Refusal> {
    try {
      const checked = this.#check(rule, request)
      const answer = checked.kind === 'refused' ? checked : await this.#core.write(prepare(), checked.bytes)
      this.counts.note(answer)
      return answer
    } catch (error) {
      this.counts.outcomes.failed += 1
      throw error
    }
  }

  #check<Asked>(
    rule: WriteRule<Asked, PatchAnswer | ReplaceAnswer>,
    request: Asked & WriteRequest,
  ): Checked | Refusal {
    const { expectedVersion, mutationId, actor, reason } = request
    const problem =
      this.#core.actors.problem(actor) ?? requestProblem({ expectedVersion, mutationId, reason })
    return problem ?? rule.check(request)
  }

  #runOnce<Asked>(
    rule: WriteRule<Asked, PatchAnswer>,
    request: Asked & WriteRequest,
    { once, after }: { readonly once: Once | null; readonly after: Around['after'] },
  ): FieldsWritten | VersionMismatch | Refusal {
    const { sql } = this.#core
    const { decision, known, context } = this.#decide(rule, request)
    if (known === null || once === null) return this.#carryOut(decision, { known, context, after })
    const { key } = known.namespace
    // A refusal may come from what this very mutation has changed already: then its first answer counts.
    if (decision.kind !== 'decided') return replayOf(sql, key, once) ?? decision
    if (!takeMutation(sql, key, once, { answer: decision.answer, now: context.now })) {
      return must(replayOf(sql, key, once), 'a mutation id that is taken has an answer')
    }
    return this.#carryOut(decision, { known, context, after })
  }

  /** Select and merge: what a rule makes of its session inside the batch's transaction. */
  #decide<Asked, Answer>(rule: WriteRule<Asked, Answer>, request: Asked & WriteRequest): Decided<Answer> {
    const context = this.#context(request)
    const known = this.#core.catalog.session(request.namespace, request.session) ?? null
    if (known === null) return { decision: SESSION_NOT_FOUND, known, context }
    const rows = fieldsForWrite(this.#core, known.key, rule.touches(request))
    return { decision: rule.decide(request, { head: known.head, rows }, context), known, context }
  }

  /** Update. */
  #carryOut<Answer>(
    decision: Decision<Answer>,
    { known, context, after }: Carried,
  ): Answer | VersionMismatch | Refusal {
    if (decision.kind !== 'decided') return decision
    if (decision.plan !== null && known !== null) writePlan(this.#core, known, decision.plan, context)
    if (known !== null) after?.(known)
    return decision.answer
  }

  #context({ actor, reason }: Pick<WriteRequest, 'actor' | 'reason'>): WriteContext {
    return { actor, reason: reason ?? null, now: this.#core.outside.now() }
  }
}
