import type { Fields } from './hub-view.ts'

/** Whether a session's summary says this, which is where the released client keeps its title. */
export function isTitled(fields: Fields, title: string): boolean {
  return (fields['summary'] as { readonly text?: unknown } | undefined)?.text === title
}
