import type { RunRecord } from '@holdfast/shared/records/run'
import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import type { Check, Verdict } from '@holdfast/shared/resume/verdict'
import { mayDo, type Caller } from '../../auth/caller.ts'
import { maskedToken, TokenMask } from '../masked-tokens.ts'

/** A verdict, as the caller may see it; `hidden` are the tokens that its session ever had. */
export function verdictAsSeen(caller: Caller, verdict: Verdict, hidden: readonly string[]): Verdict {
  if (mayDo(caller, 'agent')) return verdict
  const { token, message, workDir, checks } = verdict
  const mask = maskOf(hidden, token)
  return {
    ...verdict,
    message: mask.text(message),
    ...(token === undefined ? {} : { token: maskedToken(token) }),
    workDir: textOrNull(mask, workDir),
    checks: checks.map((check) => checkAsSeen(mask, check)),
  }
}

/** The facts that it was judged from. */
export function factsAsSeen(caller: Caller, facts: ResumeFacts, hidden: readonly string[]): ResumeFacts {
  if (mayDo(caller, 'agent')) return facts
  const { token, workDir } = facts
  const mask = maskOf(hidden, token?.value)
  const shown = { ...facts, workDir: textOrNull(mask, workDir) }
  if (token === null) return shown
  const { value, directory, lastRun } = token
  return {
    ...shown,
    token: {
      ...token,
      value: maskedToken(value),
      directory: textOrNull(mask, directory),
      lastRun: lastRun === null ? null : { ...lastRun, reason: textOrNull(mask, lastRun.reason) },
    },
  }
}

/** A run of the session. */
export function runAsSeen(caller: Caller, run: RunRecord, hidden: readonly string[]): RunRecord {
  if (mayDo(caller, 'agent')) return run
  const { token, directory, reason } = run
  const mask = maskOf(hidden, token ?? undefined)
  return {
    ...run,
    token: token === null ? null : maskedToken(token),
    directory: textOrNull(mask, directory),
    reason: textOrNull(mask, reason),
  }
}

function maskOf(hidden: readonly string[], token: string | undefined): TokenMask {
  return new TokenMask(token === undefined ? hidden : [...hidden, token])
}

function textOrNull(mask: TokenMask, text: string | null): string | null {
  return text === null ? null : mask.text(text)
}

function checkAsSeen(mask: TokenMask, check: Check): Check {
  const { message, next } = check
  return { ...check, message: mask.text(message), ...(next === undefined ? {} : { next: mask.text(next) }) }
}
