import type { MiddlewareHandler } from 'hono'
import type { DoorEnv } from './door-env.ts'

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
} as const

/**
 * Answers are for the program that asked: not for a cache, a frame, a script of another site or a next page. A route that
 * needs another value of one of these says so itself.
 */
export const securityHeaders: MiddlewareHandler<DoorEnv> = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(HEADERS)) {
    if (!c.res.headers.has(name)) c.header(name, value)
  }
}
