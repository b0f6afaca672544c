import { assert, must } from '@holdfast/shared/errors/assert'
import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { patchSessionMetadata } from '../../../sessions/patch-session-metadata.ts'
import type { WriteContext } from '../../../sessions/write.ts'
import type { KnownSession } from '../catalog.ts'
import type { StoreCore } from '../core.ts'
import { fieldsForWrite, writePlan } from '../write-plan.ts'

export interface Patched {
  readonly kind: 'patched'
  /** Of the session's metadata after it. */
  readonly version: number
}

/** By the rule of every patch. Where it is refused nothing is written. */
export function patchSession(
  core: StoreCore,
  { namespace, id }: KnownSession,
  patch: JsonObject,
  context: WriteContext,
): Patched | Refusal {
  const request = { patch }
  const checked = patchSessionMetadata.check(request)
  if (checked.kind === 'refused') return checked
  // Asked for again: a look at other sessions may have made the catalog forget the one it gave before.
  const session = must(core.catalog.session(namespace.name, id), 'a session that was found is there')
  const rows = fieldsForWrite(core, session.key, patchSessionMetadata.touches(request))
  const decision = patchSessionMetadata.decide(request, { head: session.head, rows }, context)
  if (decision.kind === 'refused') return decision
  assert(decision.kind === 'decided', 'a patch that expects no version can not mismatch')
  if (decision.plan !== null) writePlan(core, session, decision.plan, context)
  return { kind: 'patched', version: decision.answer.version }
}
