import type { TranscriptEvidence } from '../evidence.ts'
import type { ResumeFacts } from '../facts.ts'
import { type Finding, objects, passes, withoutToken } from '../finding.ts'
import type { Objection } from '../objection.ts'

/** Whether what the agent would load is on disk. What nobody saw is not known, and never absent. */
export function checkTranscript({ token }: ResumeFacts): Finding {
  if (token === null) return withoutToken('transcript')
  const { transcript } = token
  const objection = objectionTo(transcript)
  return objection === null
    ? passes('transcript', 'The transcript is on disk.', transcript.at)
    : objects('transcript', objection, { evidenceAt: transcript.at })
}

function objectionTo({ state, because }: TranscriptEvidence): Objection | null {
  switch (state) {
    case 'present':
      return null
    case 'absent':
      return 'transcript_absent'
    case 'ambiguous':
      return 'transcript_ambiguous'
    case 'unknown':
      return because ?? 'transcript_unknown'
  }
}
