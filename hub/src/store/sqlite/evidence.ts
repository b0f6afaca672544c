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

// A turn on disk proves the token, whatever was thought of it before. What was gone or ambiguous stays so until it is
// seen: that somebody could not see it, or did not know it elsewhere, is nothing to resume on.
const NOTE_TRANSCRIPT = `
  update resume_token set transcript = ?, transcript_because = ?, transcript_at = ?,
    proof = case when ? = 'present' then 'confirmed' else proof end
  where session = ? and flavor = ? and value = ?
    and (? <> 'unknown' or transcript is null or transcript not in ('absent', 'ambiguous'))`

/** What was seen of a token's transcript. */
export function noteTranscript(core: StoreCore, seen: SeenTranscript): void {
  const { session, flavor, token, transcript, at } = seen
  const { state, because } = transcript
  const { changes } = core.sql
    .get(NOTE_TRANSCRIPT)
    .run(state, because, at, state, session.key, flavor, token, state)
  if (changes > 0) refreshOwnVerdict(core, session)
}

export interface SeenDirectory {
  readonly session: KnownSession
  readonly path: string
  readonly state: DirectoryState
  readonly at: number
}

const NOTE_DIRECTORY = `
  insert into directory_evidence (session, path, state, at) values (?, ?, ?, ?)
  on conflict (session) do update set path = excluded.path, state = excluded.state, at = excluded.at
  where path <> excluded.path or state <> 'absent' or excluded.state <> 'unknown'`

export function noteDirectory(core: StoreCore, { session, path, state, at }: SeenDirectory): void {
  core.sql.get(NOTE_DIRECTORY).run(session.key, path, state, at)
  refreshOwnVerdict(core, session)
}
