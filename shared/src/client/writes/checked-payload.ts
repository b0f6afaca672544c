import type { z } from 'zod'
import { HoldfastError } from '../../errors/holdfast-error.ts'
import { shapeRefusal } from '../../protocol/shape-refusal.ts'

/** What will be sent, known to have the shape that the hub asks for; throws what the hub would answer. */
export function checkedPayload<Schema extends z.ZodType<object>>(
  event: string,
  schema: Schema,
  payload: z.input<Schema>,
): z.output<Schema> {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  const { code, message } = shapeRefusal(event, parsed.error)
  throw new HoldfastError(code, message)
}
