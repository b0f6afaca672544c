import { z } from 'zod'
import { stopSessionAnswer } from './stop-session.ts'

/** Hub to a machine's runner: end what was started for this run, with its whole process group. */
export const stopRunParams = z.strictObject({ runId: z.string().min(1), sessionId: z.string().min(1) })
export type StopRunParams = z.infer<typeof stopRunParams>

/** As of a session: `still_alive` is also what a runner says of a run that it does not know. */
export const stopRunAnswer = stopSessionAnswer
export type StopRunAnswer = z.infer<typeof stopRunAnswer>
