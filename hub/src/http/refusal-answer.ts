import { ERRORS } from '@holdfast/shared/errors/codes'
import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { DoorContext } from './door-env.ts'

const RETRY_AFTER_SECONDS = '1'

/** The answer that tells of a refusal; `more` is what else belongs to its code. */
export function refusalAnswer(c: DoorContext, refusal: Refusal, more: object = {}): Response {
  const { kind: _kind, code, message, ...detail } = refusal
  const { http, retry } = ERRORS[code]
  const { codes } = c.env.counts
  codes[code] = (codes[code] ?? 0) + 1
  if (http === 401) c.header('WWW-Authenticate', 'Bearer')
  if (retry === 'backoff' && http !== 500) c.header('Retry-After', RETRY_AFTER_SECONDS)
  // Hono's type lists the registered ones only; every other one passes as well.
  return c.json({ error: message, code, ...detail, ...more }, http as ContentfulStatusCode)
}
