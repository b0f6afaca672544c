import { verdictSchema, type Verdict } from '@holdfast/shared/resume/verdict'
import { z } from 'zod'
import { fromStored } from '../stored.ts'

/** What a claim was told, for the same claim asked again. */
export interface ToldAnswer {
  readonly created: boolean
  readonly verdict: Verdict
}

const storedAnswer = z.strictObject({ created: z.boolean(), verdict: verdictSchema })

export function answerText(told: ToldAnswer): string {
  return JSON.stringify(told)
}

export function toldAnswer(run: string, text: string): ToldAnswer {
  return fromStored(`The answer to the claim of run ${run}`, () => storedAnswer.parse(JSON.parse(text)))
}
