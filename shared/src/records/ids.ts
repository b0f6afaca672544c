import { z } from 'zod'

/** Text that every driver stores as it is: half of a surrogate pair or a NUL would be changed on the way. */
export function textSchema(max: number, min = 0): z.ZodString {
  return z.string().min(min).max(max).refine(isStorable, 'must be well-formed text without NUL')
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}

export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be 1 to 128 of A-Z a-z 0-9 _ -')
export const mutationIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,64}$/, 'must be 16 to 64 of A-Z a-z 0-9 _ -')
export const namespaceSchema = textSchema(128, 1)
export const tagSchema = textSchema(512, 1)
export const reasonSchema = textSchema(1024)
/** Where a token is valid. */
export const runtimeIdSchema = textSchema(256, 1)
export const versionSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
