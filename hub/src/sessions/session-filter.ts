import { ARCHIVED } from '@holdfast/shared/records/session-state'
import type { SessionSummary } from '@holdfast/shared/records/session'
import type { VerdictClass } from '@holdfast/shared/resume/verdict'
import { hasWordsOf } from './words.ts'

/** Which sessions a list shows; what is left out does not count. */
export interface SessionFilter {
  readonly flavor?: string | undefined
  readonly machineId?: string | undefined
  /** True for the archived ones, false for the others. */
  readonly archived?: boolean | undefined
  readonly verdict?: VerdictClass | undefined
  /** Beginnings of words of its name, path and tag, each of which must be there. */
  readonly words?: string | undefined
}

/** The fields that a filter looks at. */
export function fieldsOf({ flavor, machineId, archived, words }: SessionFilter): readonly string[] {
  return [
    ...(flavor === undefined ? [] : ['flavor']),
    ...(machineId === undefined ? [] : ['machineId']),
    ...(archived === undefined ? [] : ['lifecycleState']),
    ...(words === undefined ? [] : ['name', 'path']),
  ]
}

/** Pure, so that every store shows the same sessions. A field that is damaged holds nothing. */
export function fits(
  { flavor, machineId, archived, verdict, words }: SessionFilter,
  session: Pick<SessionSummary, 'tag' | 'metadata' | 'verdict'>,
): boolean {
  const { tag, metadata } = session
  if (verdict !== undefined && session.verdict.class !== verdict) return false
  if (flavor !== undefined && metadata['flavor'] !== flavor) return false
  if (machineId !== undefined && metadata['machineId'] !== machineId) return false
  if (archived !== undefined && (metadata['lifecycleState'] === ARCHIVED) !== archived) return false
  if (words === undefined) return true
  const texts = [metadata['name'], metadata['path'], tag]
  return hasWordsOf(
    words,
    texts.filter((text) => typeof text === 'string'),
  )
}
