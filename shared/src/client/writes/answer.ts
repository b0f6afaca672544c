import { z } from 'zod'
import type { HoldfastError } from '../../errors/holdfast-error.ts'
import { fieldsAck } from '../../protocol/up/fields-ack.ts'
import { hubError } from '../hub-error.ts'

/** What an ack says of a write. `unreadable`: it is no answer that this program knows, so the outcome is unknown. */
export type Answer =
  | { readonly kind: 'done'; readonly version: number; readonly changed: readonly string[] }
  | { readonly kind: 'mismatch'; readonly version: number }
  | { readonly kind: 'refused'; readonly error: HoldfastError }
  | { readonly kind: 'unreadable' }

const [success, mismatch, error] = fieldsAck.options

/** As the hub sends it; a newer hub may say more than is known here. */
const ackToRead = z.discriminatedUnion('result', [success.strip(), mismatch.strip(), error.strip()])

export function readFieldsAck(ack: unknown): Answer {
  const parsed = ackToRead.safeParse(ack)
  if (!parsed.success) return { kind: 'unreadable' }
  const { data } = parsed
  switch (data.result) {
    case 'success':
      return { kind: 'done', version: data.version, changed: data.changed }
    case 'version-mismatch':
      return { kind: 'mismatch', version: data.version }
    case 'error':
      return { kind: 'refused', error: hubError(data.code, data.message) }
  }
}
