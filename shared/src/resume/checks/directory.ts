import type { ResumeFacts } from '../facts.ts'
import { type Finding, objects, passes } from '../finding.ts'

/** Whether the directory is there that the conversation works in: a resume creates none. */
export function checkDirectory({ directory: { state, at } }: ResumeFacts): Finding {
  switch (state) {
    case 'present':
      return passes('directory', 'The working directory is there.', at)
    case 'absent':
      return objects('directory', 'directory_absent', { evidenceAt: at })
    case 'unknown':
      return objects('directory', 'directory_unknown', { evidenceAt: at })
  }
}
