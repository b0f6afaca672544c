import type { Mutant } from '../mutant.ts'

const RESUME = 'hub/src/runs/resume-in-place.ts'
const OUTCOME = 'hub/src/runs/resume-outcome.ts'
const EVIDENCE = 'hub/src/runs/resume-evidence.ts'
const QUESTIONS = 'hub/src/runs/evidence-questions.ts'
const WAITS = 'hub/src/runs/resume-waits.ts'

const tests = (title: string, ...names: readonly string[]) => ({
  files: names.map((name) => `hub/src/runs/${name}`),
  title,
})

const evidenceMutants: readonly Mutant[] = [
  {
    id: 'look-error-is-absence',
    why: 'a runner that failed to look is taken to have seen that the conversation is gone',
    file: QUESTIONS,
    find: "const UNKNOWN: TranscriptSeen = { state: 'unknown', because: null }",
    replace: "const UNKNOWN: TranscriptSeen = { state: 'absent', because: null }",
    caughtBy: tests('[RV6]', 'evidence-questions'),
  },
  {
    id: 'look-released-false-is-absence',
    why: 'a directory that a released runner may not read counts as gone',
    file: QUESTIONS,
    find: "=== true ? 'present' : 'unknown'",
    replace: "=== true ? 'present' : 'absent'",
    caughtBy: tests('[RV6]', 'evidence-questions'),
  },
  {
    id: 'look-any-candidate',
    why: 'one of several transcripts is taken for the right one',
    file: QUESTIONS,
    find: 'if (candidates > 1)',
    replace: 'if (candidates > 9)',
    caughtBy: tests('[RI3]', 'resume-verdict'),
  },
  {
    id: 'look-without-a-turn',
    why: 'a transcript that the agent will not load counts as there',
    file: QUESTIONS,
    find: "turns === 0 ? 'absent' : 'present'",
    replace: "turns === 0 ? 'present' : 'present'",
    caughtBy: tests('[RI3]', 'resume-verdict'),
  },
  {
    id: 'resume-on-old-sighting',
    why: 'what was seen weeks ago is acted on although the machine can not see it now',
    file: EVIDENCE,
    find: "return now === 'unknown' && before.state === 'present'",
    replace: 'return false',
    caughtBy: tests('[RV6]', 'resume-evidence', 'resume-verdict'),
  },
  {
    id: 'unknown-overwrites-sighting',
    why: 'a look that learned nothing takes the place of what was seen',
    file: EVIDENCE,
    find: "const isSeen = transcript.state !== 'unknown' || transcript.because !== null",
    replace: 'const isSeen = true',
    caughtBy: tests('[RV6]', 'resume-evidence', 'resume-verdict'),
  },
  {
    id: 'look-not-kept',
    why: 'the census goes on calling resumable what the machine saw to be gone',
    file: RESUME,
    find: 'if (seen !== null) await store.noteEvidence',
    replace: 'if (seen === null) await store.noteEvidence',
    caughtBy: tests('[RV6]', 'resume-verdict'),
  },
]

const startMutants: readonly Mutant[] = [
  {
    id: 'resume-done-when-accepted',
    why: 'a resume is called done before the agent has loaded anything',
    file: OUTCOME,
    find: "    case 'pending':\n      return null",
    replace: "    case 'pending':\n      return run.state === 'starting' ? resumed(run) : null",
    caughtBy: tests('[RI1]', 'resume-in-place', 'resume-outcome'),
  },
  {
    id: 'resume-lost-is-no',
    why: 'an answer that is lost on the way ends the resume, and its agent goes on for nobody',
    file: OUTCOME,
    find: "    case 'lost':\n    case 'unreadable':\n      return null",
    replace: "    case 'lost':\n    case 'unreadable':\n      return resumeFailed('no answer')",
    caughtBy: tests('[RI1]', 'resume-in-place', 'resume-outcome'),
  },
  {
    id: 'resume-refusal-waits',
    why: 'a runner that says no holds the session for two minutes',
    file: OUTCOME,
    find: "return started.answer.type === 'refused' ? resumeFailed(started.answer.message) : null",
    replace: 'return null',
    caughtBy: tests('[RI1]', 'resume-outcome'),
  },
  {
    id: 'resume-cautions-unasked',
    why: 'a conversation of a run that was cut off goes on without anybody having agreed',
    file: RESUME,
    find: 'return cautions.length === 0 ? null : unconfirmed(cautions)',
    replace: 'return null',
    caughtBy: tests('[RV6]', 'resume-verdict'),
  },
  {
    id: 'resume-token-of-before',
    why: 'the token that is started is not the one that was judged',
    file: RESUME,
    find: 'return verdict.token === token ? null : resumeFailed(TOKEN_CHANGED)',
    replace: 'return null',
    caughtBy: tests('[RI3]', 'resume-verdict'),
  },
  {
    id: 'resume-attempt-left',
    why: 'a refused resume holds its session for two minutes',
    file: RESUME,
    find: 'const given = await this.#parts.desk.giveUpResume({ namespace, run: id, actor, reason })',
    replace:
      'const given = { kind: "refused" as "run" | "refused", run: { state: "failed" as const }, namespace, id, actor, reason }',
    caughtBy: tests('[RI3]', 'resume-verdict'),
  },
  {
    id: 'resume-no-stop',
    why: 'the process of a resume that failed goes on',
    file: RESUME,
    find: 'if (!isGivenUp(run) ||',
    replace: 'if (isGivenUp(run) ||',
    caughtBy: tests('[RI4]', 'resume-failures'),
  },
  {
    id: 'resume-stop-unstarted',
    why: 'every refused resume sends the runner after a process that there never was',
    file: RESUME,
    find: 'return this.#waits.find(key)?.isStartAsked ?? true',
    replace: 'return true',
    caughtBy: tests('[RI3]', 'resume-verdict'),
  },
  {
    id: 'resume-no-stop-after-restart',
    why: 'what was started before the hub was killed is never told to end',
    file: RESUME,
    find: 'return this.#waits.find(key)?.isStartAsked ?? true',
    replace: 'return this.#waits.find(key)?.isStartAsked ?? false',
    caughtBy: tests('[RI5]', 'resume-crash'),
  },
  {
    id: 'resume-runtime-unrecorded',
    why: 'a token that was taken over to another runtime is on record as minted in its old one',
    file: RESUME,
    find: 'if (runtimeId !== null && runtimeId !== run.runtimeId) {',
    replace: 'if (runtimeId === "" && runtimeId !== run.runtimeId) {',
    caughtBy: tests('[RV5]', 'resume-verdict'),
  },
  {
    id: 'resume-released-runner',
    why: 'a machine whose runner could be used by hand is called offline',
    file: RESUME,
    find: "isAnswered('spawn-happy-session',",
    replace: "isAnswered('start-run',",
    caughtBy: tests('[RI8]', 'resume-in-place'),
  },
  {
    id: 'resume-asks-risk-first',
    why: 'a person accepts cautions for what could not be started anyway',
    file: RESUME,
    find: 'refusalOf(run, verdict) ?? this.#noRunner(place) ?? cautionsOf(asked, verdict)',
    replace: 'refusalOf(run, verdict) ?? cautionsOf(asked, verdict) ?? this.#noRunner(place)',
    caughtBy: tests('[RI8]', 'resume-in-place'),
  },
  {
    id: 'resume-settings-forgotten',
    why: 'an agent that was only to plan comes back with what it is permitted by default',
    file: RESUME,
    find: 'const { settings } = must(',
    replace: 'const { settings = {} } = { tags: 0 } as { settings?: object } ?? must(',
    caughtBy: tests('[RI1]', 'resume-in-place'),
  },
]

const waitMutants: readonly Mutant[] = [
  {
    id: 'resume-waits-unbounded',
    why: 'resumes that wait take all that an address may have in flight',
    file: WAITS,
    find: 'return this.#count >= WAIT_LIMITS.all || this.#countOf(namespace) >= WAIT_LIMITS.ofNamespace',
    replace: 'return this.#count < 0 || this.#countOf(namespace) < 0',
    caughtBy: tests('[SE5]', 'resume-parallel'),
  },
  {
    id: 'resume-waits-never-freed',
    why: 'after sixteen resumes a namespace can resume nothing until the hub is restarted',
    file: 'hub/src/runs/resume-wait.ts',
    find: '[Symbol.dispose](): void {\n    this.#close()',
    replace: '[Symbol.dispose](): void {\n    void this.#close',
    caughtBy: tests('[SE5]', 'resume-parallel'),
  },
  {
    id: 'resume-waits-checked-once',
    why: 'those that come at the same moment all get past the limit',
    file: RESUME,
    find: 'if (this.#waits.isOverfull(namespace)) return await this.#giveUp(asked, run, OVERLOADED)',
    replace: '',
    caughtBy: tests('[SE5]', 'resume-parallel'),
  },
  {
    id: 'resume-starts-at-the-end',
    why: 'a hub that is ending still has an agent started, and nobody is told',
    file: RESUME,
    find: 'if (this.#isEnding) return SHUTTING_DOWN\n    const params',
    replace: 'const params',
    caughtBy: tests('[OP4]', 'resume-parallel'),
  },
  {
    id: 'resume-holds-the-end',
    why: 'a hub that is told to end waits for an agent, until it cuts everybody off',
    file: RESUME,
    find: 'return await Promise.race([this.#carryOut({ asked, run, wait }, facts), wait.cut])',
    replace: 'return await this.#carryOut({ asked, run, wait }, facts)',
    caughtBy: tests('[OP4]', 'resume-parallel'),
  },
  {
    id: 'resume-held-by-failure',
    why: 'a store that could not be read for a moment keeps a session from being resumed for two minutes',
    file: RESUME,
    find: 'if (!wait.isStartAsked) {',
    replace: 'if (wait.isStartAsked) {',
    caughtBy: tests('[OP5]', 'resume-parallel'),
  },
  {
    id: 'resume-client-hurries',
    why: 'our own client gives up on every resume after fifteen seconds',
    file: 'shared/src/client/http/api-client.ts',
    find: 'timeoutMs: shape.takesMs,',
    replace: '',
    caughtBy: { files: ['shared/src/client/http/api-client'], title: '[RI1]' },
  },
]

export const resumeMutants: readonly Mutant[] = [...evidenceMutants, ...startMutants, ...waitMutants]
