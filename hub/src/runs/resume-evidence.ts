import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import type { NoteEvidence } from '../store/run-store.ts'
import type { Look } from './evidence-questions.ts'

/**
 * What of a look is worth keeping: what was seen, or why it could not be. That somebody looked and learned nothing is not
 * kept, since it would take the place of what was seen before.
 */
export function notable(look: Look): Pick<NoteEvidence, 'transcript' | 'directory'> | null {
  const { transcript, directory } = look
  const isSeen = transcript.state !== 'unknown' || transcript.because !== null
  if (!isSeen && directory === 'unknown') return null
  return {
    ...(isSeen ? { transcript } : {}),
    ...(directory === 'unknown' ? {} : { directory }),
  }
}

/**
 * The facts as of a look that was made now. What was there before and can not be seen now is unknown: nobody resumes on
 * the word of an old sighting while the machine can not repeat it. What was gone or ambiguous stays so until it is seen.
 */
export function asSeenNow(facts: ResumeFacts, look: Look, at: number): ResumeFacts {
  const { token, directory } = facts
  return {
    ...facts,
    directory: isUnseen(look.directory, directory) ? { state: 'unknown', at } : directory,
    token:
      token !== null && isUnseen(look.transcript.state, token.transcript)
        ? { ...token, transcript: { state: 'unknown', at, because: look.transcript.because } }
        : token,
  }
}

function isUnseen(now: string, before: { readonly state: string }): boolean {
  return now === 'unknown' && before.state === 'present'
}
