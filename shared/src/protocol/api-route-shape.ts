import type { z } from 'zod'
import type { ErrorCode } from '../errors/codes.ts'
import type { Role } from '../records/device.ts'
import type { RouteShape } from './routes.ts'

/** One route for people and other programs: also what it is for, who may use it, and what it may refuse. */
export interface ApiRouteShape extends RouteShape {
  /** One sentence. */
  readonly does: string
  /** What a caller must be for it at least; null where no token is needed. */
  readonly role: Role | null
  /** What stands in its path. What can be no id of its kind is `missing`. */
  readonly params?: z.ZodType
  readonly missing?: ErrorCode
  /** What a 410 answers, where that is more than an error body. */
  readonly gone?: z.ZodType
  /** How long its answer may take, where that is longer than a client usually waits. */
  readonly takesMs?: number
  /** What it may refuse beside what every route of its kind may; see `refusalsOf`. */
  readonly refusals: readonly ErrorCode[]
}
