import { z } from 'zod'

const WELL_FORMED = 'must be well-formed text without NUL'

function storableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}

export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be 1 to 128 of A-Z a-z 0-9 _ -')
export const mutationIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,64}$/, 'must be 16 to 64 of A-Z a-z 0-9 _ -')
export const namespaceSchema = z.string().min(1).max(128).refine(storableText, WELL_FORMED)
export const tagSchema = z.string().min(1).max(512).refine(storableText, WELL_FORMED)
export const reasonSchema = z.string().max(1024).refine(storableText, WELL_FORMED)
export const versionSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
