import type { Asking } from './door-world.ts'

/** What is asked, given the id of a session that is there; the status and the code that come back, and what else. */
export type BadRequest = readonly [
  title: string,
  ask: (id: string) => Asking,
  status: number,
  code: string,
  more?: object,
]
