import type { MiddlewareHandler } from 'hono'
import type { DoorEnv } from './door-env.ts'

/** Whatever was thrown reaches the error handler as an error: it passes over everything else. */
export const errorsOnly: MiddlewareHandler<DoorEnv> = async (_c, next) => {
  try {
    await next()
  } catch (error) {
    throw error instanceof Error
      ? error
      : new Error('Something that is no error was thrown.', { cause: error })
  }
}
