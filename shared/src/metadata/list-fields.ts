import { PROTECTED_FIELDS } from '../agents/registry.ts'

/** What a list shows of a session where nobody asks for more: where it lives, its tokens, its name and its state. */
export const LIST_FIELDS: readonly string[] = [
  ...PROTECTED_FIELDS,
  'name',
  'summary',
  'lifecycleState',
  'lifecycleStateSince',
  'archivedBy',
  'archiveReason',
]
