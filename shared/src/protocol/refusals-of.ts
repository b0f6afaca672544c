import type { ErrorCode } from '../errors/codes.ts'
import type { ApiRouteShape } from './api-route-shape.ts'

const ALWAYS = [
  'host_not_allowed',
  'origin_not_allowed',
  'rate_limited',
  'shutting_down',
  'internal',
] as const
const WITH_ROLE = [
  'unauthorized',
  'access_denied',
  'overloaded',
  'storage_busy',
  'storage_error',
  'store_stopped',
  'database_damaged',
] as const
const WITH_QUERY = ['invalid_request'] as const
const WITH_BODY = [
  'unsupported_media_type',
  'invalid_json',
  'invalid_request',
  'invalid_field',
  'forbidden_key',
  'key_too_long',
  'too_deep',
  'too_large',
  'overloaded',
] as const
const WRITING = ['storage_full', 'outcome_unknown'] as const

/** Every code that a route may answer with: its own, and those that come with needing a token, a body or the store. */
export function refusalsOf(method: string, route: ApiRouteShape): readonly ErrorCode[] {
  const writes = route.role !== null && method !== 'GET'
  return [
    ...new Set<ErrorCode>([
      ...route.refusals,
      ...(route.missing === undefined ? [] : [route.missing]),
      ...(route.query === undefined ? [] : WITH_QUERY),
      ...(route.body === undefined ? [] : WITH_BODY),
      ...(route.role === null ? [] : WITH_ROLE),
      ...(writes ? WRITING : []),
      ...ALWAYS,
    ]),
  ]
}
