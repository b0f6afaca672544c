import { z } from 'zod'

/** `GET /api/openapi.json`: these routes, for programs. */
export const openapiAnswer = z.looseObject({ openapi: z.string() })
export type OpenapiAnswer = z.infer<typeof openapiAnswer>
