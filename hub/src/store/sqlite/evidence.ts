import type { DirectoryState, TranscriptEvidence } from '@holdfast/shared/resume/evidence'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { refreshOwnVerdict } from './verdict-column.ts'

export interface SeenTranscript {
  readonly session: KnownSession
  readonly flavor: string
  readonly token: string
  readonly transcript: Pick<TranscriptEvidence, 'state' | 'because'>
  readonly at: number
}

// A turn on disk proves the token, whatever was thought of it before.
const NOTE_TRANSCRIPT = `
  update resume_token set transcript = ?, transcript_because = ?, transcript_at = ?,
    proof = case when ? = 'present' then 'confirmed' else proof end
  where session = ? and flavor = ? and value = ?`

/** What was seen of a token's transcript; false where the session never had that token. */
export function noteTranscript(core: StoreCore, seen: SeenTranscript): boolean {
  const { session, flavor, token, transcript, at } = seen
  const { state, because } = transcript
  const { changes } = core.sql.get(NOTE_TRANSCRIPT).run(state, because, at, state, session.key, flavor, token)
  if (changes > 0) refreshOwnVerdict(core, session)
  return changes > 0
}

export interface SeenDirectory {
  readonly session: KnownSession
  readonly path: string
  readonly state: DirectoryState
  readonly at: number
}

const NOTE_DIRECTORY = `
  insert into directory_evidence (session, path, state, at) values (?, ?, ?, ?)
  on conflict (session) do update set path = excluded.path, state = excluded.state, at = excluded.at`

export function noteDirectory(core: StoreCore, { session, path, state, at }: SeenDirectory): void {
  core.sql.get(NOTE_DIRECTORY).run(session.key, path, state, at)
  refreshOwnVerdict(core, session)
}
