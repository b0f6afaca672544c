import type { NoteEvidence } from '../run-store.ts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { noteDirectory, noteTranscript } from './evidence.ts'
import { fieldText } from './field-text.ts'

const BYTES = 1024

/** What somebody saw on the machine of a token, and of the session's directory there. */
export function noteEvidence(core: StoreCore, request: NoteEvidence): Promise<{ readonly noted: boolean }> {
  return core.write(() => {
    const session = core.catalog.session(request.namespace, request.session)
    if (session === undefined || !hasHad(core, session, request)) return { noted: false }
    noteBoth(core, session, request)
    return { noted: true }
  }, BYTES)
}

const HAS_HAD = 'select 1 from resume_token where session = ? and flavor = ? and value = ?'

function hasHad({ sql }: StoreCore, session: KnownSession, { flavor, token }: NoteEvidence): boolean {
  // A driver may look for another character where it is given half of a surrogate pair.
  if (!flavor.isWellFormed() || !token.isWellFormed()) return false
  return sql.get(HAS_HAD).get(session.key, flavor, token) !== undefined
}

function noteBoth(core: StoreCore, session: KnownSession, request: NoteEvidence): void {
  const { flavor, token, transcript, directory } = request
  const at = core.outside.now()
  if (transcript !== undefined) noteTranscript(core, { session, flavor, token, transcript, at })
  const path = fieldText(core.sql, session.key, 'path')
  if (directory !== undefined && path !== null) {
    noteDirectory(core, { session, path, state: directory, at })
  }
}
