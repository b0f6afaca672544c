import { namespaceSchema } from '@holdfast/shared/records/ids'

/** Longer texts are no token of ours, and are not worth hashing. */
const MOST = 1024

export interface PresentedToken {
  readonly base: string
  /** Null where the token names none. */
  readonly namespace: string | null
}

/** `base` or `base:namespace`. No base has a colon in it, a namespace may. Nothing is trimmed. */
export function readPresentedToken(text: string): PresentedToken | null {
  if (text.length > MOST) return null
  const colon = text.indexOf(':')
  if (colon < 0) return { base: text, namespace: null }
  const namespace = namespaceSchema.safeParse(text.slice(colon + 1))
  return namespace.success ? { base: text.slice(0, colon), namespace: namespace.data } : null
}
