import type { JsonObject } from '@holdfast/shared/metadata/json'
import { sessionViewAnswer } from '@holdfast/shared/protocol/http/session-view'
import { SILENCE_MS } from '../door-socket.ts'
import { pause } from '../pause.ts'
import type { Find } from './find.ts'
import type { SessionAt } from './folded-sessions.ts'

export interface ReadParts {
  readonly url: string
  readonly token: string
  readonly find: Find
}

/** All watchers come from one address, which may ask only so much at once; the others are told to wait. */
const RATE_LIMITED = 429
const WAIT_MS = 100
const TRIES = 100

/** Each of these sessions as `GET /api/sessions/:id` shows it now; null where the hub is not there to answer. */
export async function readSessions(
  parts: ReadParts,
  sessions: readonly string[],
): Promise<Map<string, SessionAt> | null> {
  try {
    const read = new Map<string, SessionAt>()
    const readOne = async (session: string): Promise<void> => {
      const at = await readSession(parts, session)
      if (at !== null) read.set(session, at)
    }
    await Promise.all(sessions.map(readOne))
    return read.size === sessions.length ? read : null
  } catch (error) {
    // That is what `fetch` says of a connection that is refused or ends, and of an answer that does not come.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) return null
    throw error
  }
}

async function readSession({ url, token, find }: ReadParts, session: string): Promise<SessionAt | null> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answer = await fetch(`${url}/api/sessions/${session}`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(SILENCE_MS),
    })
    const body = await answer.text()
    if (answer.status === 200) return sessionIn(body)
    if (answer.status !== RATE_LIMITED) {
      find('refused', `a read of ${session} was answered ${answer.status} ${body.slice(0, 300)}`)
      return null
    }
    await pause(WAIT_MS)
  }
  return null
}

function sessionIn(body: string): SessionAt {
  const { session } = sessionViewAnswer.parse(JSON.parse(body))
  return { version: session.metadataVersion, metadata: session.metadata as JsonObject }
}
