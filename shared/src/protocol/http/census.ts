import { z } from 'zod'
import { textSchema } from '../../records/ids.ts'
import { reasonSchema } from '../../resume/reasons.ts'
import { verdictClassSchema } from '../../resume/verdict.ts'
import { pageQuery } from './page-query.ts'

/** `GET /api/census`: how many sessions could be resumed, and why the others could not. */
export const censusQuery = pageQuery.extend({
  /** The `nextCursor` of the answer before; it names the last group there. */
  cursor: textSchema(16_384).optional(),
})
export type CensusQuery = z.infer<typeof censusQuery>

/** Every session of the namespace, by class, whatever the page. */
export const censusTotals = z.strictObject({
  running: z.int().min(0),
  resumable: z.int().min(0),
  atRisk: z.int().min(0),
  lost: z.int().min(0),
  none: z.int().min(0),
})
export type CensusTotals = z.infer<typeof censusTotals>

/** The sessions of an agent on a machine that are in one class for one reason; null is what the sessions do not say. */
export const censusGroup = z.strictObject({
  flavor: z.string().nullable(),
  machineId: z.string().nullable(),
  class: verdictClassSchema,
  reason: reasonSchema.nullable(),
  count: z.int().positive(),
})
export type CensusGroup = z.infer<typeof censusGroup>

export const censusAnswer = z.strictObject({
  totals: censusTotals,
  groups: z.array(censusGroup),
  nextCursor: z.string().nullable(),
})
export type CensusAnswer = z.infer<typeof censusAnswer>
