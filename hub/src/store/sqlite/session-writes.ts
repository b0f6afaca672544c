import { must } from '@holdfast/shared/errors/assert'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Json, JsonObject } from '@holdfast/shared/metadata/json'
import { clearResumeToken } from '../../sessions/clear-resume-token.ts'
import { createSession } from '../../sessions/create-session.ts'
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
import { restoreSession } from '../../sessions/restore-session.ts'
import { updateSessionMetadata } from '../../sessions/update-session-metadata.ts'
import type { WriteContext } from '../../sessions/write.ts'
import { readSettings, requestProblem, stateText, type StateText } from '../requests.ts'
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
import type { SessionSettings } from '@holdfast/shared/protocol/session-settings'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { bodyHash, replayOf, takeMutation, type Once } from './mutations.ts'
import { completePast, readPast } from './past.ts'
import { readSessionRecord } from './session-reads.ts'
import { changesSettings, settingsText } from './settings-text.ts'
import { WriteCounts, type WriteAnswer } from './write-counts.ts'
import { selectFields, writePlan } from './write-plan.ts'

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
}

/** What a session is born with beside its metadata. */
interface Beside {
  readonly state: StateText
  readonly settings: SessionSettings
}

interface Decided<Answer> {
  readonly decision: Decision<Answer>
  /** Null where there is no such session. */
  readonly known: KnownSession | null
  readonly context: WriteContext
}

export const SESSION_NOT_FOUND = refuse('session_not_found', 'There is no such session.')

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
    const loaded = await this.#core.read(() => this.#loadByTag(request))
    if (loaded !== null) return loaded
    const checked = checkMetadata(request.metadata)
    if (checked.kind === 'refused') return checked
    const state = stateText(request.agentState)
    if (state.kind === 'refused') return state
    const read = readSettings(request.settings ?? {})
    if (read.kind === 'refused') return read
    const beside = { state, settings: read.settings }
    return this.#core.write(() => this.#createOrLoad(request, beside), state.text.length + checked.bytes)
  }

  #createOrLoad(request: CreateSession, beside: Beside): CreatedSession | Refusal {
    const loaded = this.#loadByTag(request)
    if (loaded !== null) return loaded
    const { namespace, id } = request
    if (id !== undefined && this.#core.catalog.session(namespace, id) !== undefined) return idTaken(id)
    return this.#insert(request, beside)
  }

  #loadByTag(request: CreateSession): CreatedSession | Refusal | null {
    const { sql, catalog } = this.#core
    const namespace = catalog.namespace(request.namespace)
    const byTag = sql
      .get('select id from session where namespace = ? and tag = ?')
      .get<{ id: string }>(namespace?.key ?? 0, request.tag)
    return byTag === undefined ? null : this.#load(request, byTag.id)
  }

  #load({ namespace, id }: CreateSession, stored: string): CreatedSession | Refusal {
    if (id !== undefined && id !== stored) return idTaken(id)
    const session = readSessionRecord(this.#core, { namespace, session: stored })
    return session === null ? SESSION_NOT_FOUND : { kind: 'session', created: false, session, refused: [] }
  }

  #insert(request: CreateSession, { state, settings }: Beside): CreatedSession | Refusal {
    const { sql, catalog, outside } = this.#core
    const context = this.#context(request)
    const birth = createSession(request.metadata as JsonObject, context)
    if ('kind' in birth) return birth
    const namespace = catalog.namespaceForWrite(request.namespace)
    const id = request.id ?? outside.newId()
    const { rowid } = sql
      .get(
        `insert into session (namespace, id, tag, metadata_version, bytes, keys, protected, seq, created_at, updated_at)
         values (?, ?, ?, 1, 2, 0, '', 0, ?, ?)`,
      )
      .run(namespace.key, id, request.tag, context.now, context.now)
    sql.get('insert into agent_state (session, value, version) values (?, ?, 1)').run(rowid, state.text)
    if (changesSettings({}, settings)) {
      sql
        .get('insert into session_settings (session, value) values (?, ?)')
        .run(rowid, settingsText({}, settings))
    }
    writePlan(
      this.#core,
      catalog.remember({ key: rowid, namespace, id, head: birth.plan.head }),
      birth.plan,
      context,
    )
    const session = readSessionRecord(this.#core, { namespace: request.namespace, session: id })
    return session === null
      ? SESSION_NOT_FOUND
      : { kind: 'session', created: true, session, refused: birth.refused }
  }

  replace(request: ReplaceMetadata): Promise<ReplaceAnswer | VersionMismatch | Refusal> {
    return this.#submit(updateSessionMetadata, request, () => () => {
      const { decision, known, context } = this.#decide(updateSessionMetadata, request)
      return this.#carryOut(decision, known, context)
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
    })
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
  #pairedWith({ namespace, session, flavor, value }: PutBackToken): string | null | undefined {
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
    { body, complete }: Around,
  ): Promise<FieldsWritten | VersionMismatch | Refusal> {
    return this.#submit(rule, request, () => {
      const { mutationId } = request
      const once =
        mutationId === undefined
          ? null
          : { id: mutationId, body: bodyHash(body[0], request.session, body[1]()) }
      return () => {
        complete?.()
        return this.#runOnce(rule, request, once)
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
    once: Once | null,
  ): FieldsWritten | VersionMismatch | Refusal {
    const { sql } = this.#core
    const { decision, known, context } = this.#decide(rule, request)
    if (known === null || once === null) return this.#carryOut(decision, known, context)
    const { key } = known.namespace
    // A refusal may come from what this very mutation has changed already: then its first answer counts.
    if (decision.kind !== 'decided') return replayOf(sql, key, once) ?? decision
    if (!takeMutation(sql, key, once, { answer: decision.answer, now: context.now })) {
      return must(replayOf(sql, key, once), 'a mutation id that is taken has an answer')
    }
    return this.#carryOut(decision, known, context)
  }

  /** Select and merge: what a rule makes of its session inside the batch's transaction. */
  #decide<Asked, Answer>(rule: WriteRule<Asked, Answer>, request: Asked & WriteRequest): Decided<Answer> {
    const context = this.#context(request)
    const known = this.#core.catalog.session(request.namespace, request.session) ?? null
    if (known === null) return { decision: SESSION_NOT_FOUND, known, context }
    const rows = selectFields(this.#core.sql, known.key, rule.touches(request))
    return { decision: rule.decide(request, { head: known.head, rows }, context), known, context }
  }

  /** Update. */
  #carryOut<Answer>(
    decision: Decision<Answer>,
    known: KnownSession | null,
    context: WriteContext,
  ): Answer | VersionMismatch | Refusal {
    if (decision.kind !== 'decided') return decision
    if (decision.plan !== null && known !== null) writePlan(this.#core, known, decision.plan, context)
    return decision.answer
  }

  #context({ actor, reason }: Pick<WriteRequest, 'actor' | 'reason'>): WriteContext {
    return { actor, reason: reason ?? null, now: this.#core.outside.now() }
  }
}

function idTaken(id: string): Refusal {
  return refuse('id_taken', `The id ${id} belongs to a session with another tag.`, { field: 'id' })
}
