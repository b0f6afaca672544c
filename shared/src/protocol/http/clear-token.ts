import type { z } from 'zod'
import { clearResumeTokenRequest } from '../up/clear-resume-token.ts'

/** `POST /api/sessions/:id/clear-token`: `clear-resume-token` over HTTP; the session is the one of the path. */
export const clearTokenBody = clearResumeTokenRequest.omit({ sid: true })
export type ClearTokenBody = z.infer<typeof clearTokenBody>
