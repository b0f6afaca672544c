import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import { createMachineBody } from '@holdfast/shared/protocol/http/create-machine'
import { createSessionBody, type CreateSessionBody } from '@holdfast/shared/protocol/http/create-session'
import type { MessagesAnswer } from '@holdfast/shared/protocol/http/messages'
import { resumableQuery, type ResumableAnswer } from '@holdfast/shared/protocol/http/resumable'
import type { ResumeTargetAnswer } from '@holdfast/shared/protocol/http/resume-target'
import type { SessionAnswer } from '@holdfast/shared/protocol/http/session'
import { sessionForReleasedClient } from '@holdfast/shared/protocol/released/session-for-released-client'
import { shapeRefusal } from '@holdfast/shared/protocol/shape-refusal'
import type { SessionRecord } from '@holdfast/shared/records/session'
import { Hono } from 'hono'
import { actorOf, type Caller } from '../auth/caller.ts'
import { answering } from './answering.ts'
import { tokensToHide } from './api/session-tokens.ts'
import { asSeenBy } from './as-seen-by.ts'
import { STATE_BODY, type BodyReader, type BodyShape } from './body-reader.ts'
import type { DoorContext, DoorEnv } from './door-env.ts'
import { handOff } from './hand-off.ts'
import type { HttpDoorParts } from './http-door.ts'
import { mayResume } from './may-resume.ts'
import { readQuery } from './read-query.ts'
import { resumableSessions } from './resumable-sessions.ts'
import { findSession } from './session-asked.ts'
import { targetAsked } from './target-asked.ts'

const BODY: BodyShape<typeof createSessionBody> = {
  ...STATE_BODY,
  schema: createSessionBody,
  repaired: ['metadata', 'agentState', 'machine'],
}

/** The sessions of the released protocol. */
export function cliSessions(parts: HttpDoorParts, bodies: BodyReader): Hono<DoorEnv> {
  const { store, presence } = parts
  const shown = async (c: DoorContext, record: SessionRecord): Promise<SessionAnswer> => {
    const caller = c.get('caller')
    const key = { namespace: record.namespace, session: record.id }
    const seen = asSeenBy(caller, record, await tokensToHide(store, caller, key))
    return { session: sessionForReleasedClient(seen, presence.session(key)) }
  }
  return new Hono<DoorEnv>()
    .post(
      '/',
      answering<SessionAnswer>(async (c) => {
        const read = await bodies.read(c.req.raw, BODY)
        if (read.kind === 'refused') return read
        const made = await createOrLoad(parts, c.get('caller'), read.body)
        return made.kind === 'refused' ? made : shown(c, made.session)
      }),
    )
    .get(
      '/resumable',
      mayResume,
      answering<ResumableAnswer>(async (c) => {
        const read = readQuery(c, resumableQuery)
        if (read.kind === 'refused') return read
        const { namespace } = c.get('caller')
        return { sessions: await resumableSessions(parts, { namespace, machine: read.query.machineId }) }
      }),
    )
    .get(
      '/:id',
      answering<SessionAnswer>(async (c) => {
        const found = await findSession(store, c)
        return found.kind === 'refused' ? found : shown(c, found.record)
      }),
    )
    .get(
      '/:id/resume-target',
      mayResume,
      answering<ResumeTargetAnswer>(async (c) => {
        const found = await findSession(store, c)
        return found.kind === 'refused' ? found : targetAsked(parts, found)
      }),
    )
    .get(
      '/:id/messages',
      answering<MessagesAnswer>(async (c) => {
        const found = await findSession(store, c)
        return found.kind === 'refused' ? found : { messages: [] }
      }),
    )
    .post(
      '/:id/handoff-local',
      answering(async (c) => {
        const found = await findSession(store, c)
        return found.kind === 'refused' ? found : handOff(parts, found)
      }),
    )
}

/** A machine that comes with it and is not known yet is registered first: a session never waits for its machine. */
async function createOrLoad({ store }: HttpDoorParts, caller: Caller, body: CreateSessionBody) {
  const refusal = await registerMachine({ store }, caller, body.machine)
  if (refusal !== null) return refusal
  const { tag, id, metadata, agentState, model, effort, modelReasoningEffort } = body
  return store.createOrLoadSession({
    namespace: caller.namespace,
    actor: actorOf(caller, 'hapi'),
    tag,
    id,
    metadata,
    agentState,
    settings: { model, effort, modelReasoningEffort },
  })
}

async function registerMachine(
  { store }: Pick<HttpDoorParts, 'store'>,
  { namespace }: Caller,
  given: unknown,
): Promise<Refusal | null> {
  if (given === undefined || given === null) return null
  const machine = createMachineBody.safeParse(given)
  if (!machine.success) return shapeRefusal('The machine', machine.error)
  const { id, metadata, runnerState } = machine.data
  if ((await store.readMachine({ namespace, machine: id })) !== null) return null
  const made = await store.createOrLoadMachine({ namespace, id, metadata, runnerState })
  return 'kind' in made ? made : null
}
