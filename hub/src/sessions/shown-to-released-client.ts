import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { HeldFields, Shown } from '@holdfast/shared/metadata/merge'
import { forReleasedClient } from '@holdfast/shared/protocol/released/for-released-client'
import { documentAfter } from './plan.ts'

/** What a released client was sent of a session. Found out when it is first asked: most blobs leave out nothing. */
export function shownToReleasedClient(held: HeldFields): Shown {
  let sent: JsonObject | null | undefined
  return (field) => {
    if (sent === undefined) sent = forReleasedClient(documentAfter(held, []))
    return sent !== null && Object.hasOwn(sent, field)
  }
}
