import { z } from 'zod'
import type { Json } from '../metadata/json.ts'

/** Any JSON value. One schema for all, so that a description of the wire names it once. */
export const jsonSchema = z.json() as z.ZodType<Json>
