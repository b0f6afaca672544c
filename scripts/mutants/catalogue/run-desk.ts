import type { Mutant } from '../mutant.ts'

const LEASES = 'hub/src/runs/leases.ts'
const DESK = 'hub/src/runs/run-desk.ts'
const IMPLICIT = 'hub/src/runs/implicit-runs.ts'
const OWN = 'hub/src/socket/own-run.ts'

const tests = (title: string, ...files: readonly string[]) => ({ files, title })
const DESK_TESTS = 'hub/src/runs/run-desk'
const SOCKET_TESTS = 'hub/src/socket/implicit-runs'

const leaseMutants: readonly Mutant[] = [
  {
    id: 'lease-for-ever',
    why: 'a run that nobody hears of blocks its conversation until the hub restarts',
    file: LEASES,
    find: 'if (until <= now) lapsed.push(run)',
    replace: 'if (until <= 0) lapsed.push(run)',
    caughtBy: tests('[RU3]', DESK_TESTS),
  },
  {
    id: 'lease-held-after-it-is-over',
    why: 'a heartbeat after the lease is answered without asking whether somebody followed',
    file: LEASES,
    find: 'return lease !== undefined && lease.until > this.#elapsed()',
    replace: 'return lease !== undefined',
    caughtBy: tests('[RU3]', 'hub/src/runs/leases'),
  },
  {
    id: 'lease-of-the-first-page-only',
    why: 'after a restart most runs have no lease, and are neither kept nor ever ended',
    file: DESK,
    find: 'for (const live of page.items) desk.#hear(live)',
    replace: 'if (cursor === undefined) for (const live of page.items) desk.#hear(live)',
    caughtBy: tests('[RU3]', DESK_TESTS),
  },
  {
    id: 'said-again-and-not-heard',
    why: 'a program is told that it has its run, and the sweep of the same moment ends it',
    file: DESK,
    find: 'if (runId !== undefined) this.#spoke({ namespace, run: runId })',
    replace: 'if (runId === null) this.#spoke({ namespace, run: runId })',
    caughtBy: tests('[RU4]', DESK_TESTS),
  },
  {
    id: 'heartbeat-asks-the-store',
    why: 'every heartbeat of everybody is a write',
    file: DESK,
    find: "if (run !== null) return { kind: 'run', run, contends: [] }",
    replace: '',
    caughtBy: tests('[RU3]', DESK_TESTS),
  },
  {
    id: 'answers-taken-as-heard',
    why: 'a run that was revived while it was being ended is live in the store, and nobody ends it',
    file: DESK,
    find: 'if (isNews(one)) this.#hear(',
    replace: 'this.#hear(',
    caughtBy: tests('[RU3]', DESK_TESTS),
  },
  {
    id: 'revived-run-let-go',
    why: 'the same, where the sweep forgets what was heard meanwhile',
    file: DESK,
    find: 'if (this.leases.isHeld(key)) return\n    this.leases.release(key)',
    replace: 'this.leases.release(key)',
    caughtBy: tests('[RU3]', DESK_TESTS),
  },
  {
    id: 'pending-resume-kept-by-heartbeats',
    why: 'a wrapper whose agent never loads holds the session for ever',
    file: DESK,
    find: "if (phaseOf(run) === 'running') this.leases.hold(key)\n    return run",
    replace: 'this.leases.hold(key)\n    return run',
    caughtBy: tests('[RI1]', DESK_TESTS),
  },
  {
    id: 'claim-before-the-sweep',
    why: 'a claim is refused for a run whose lease is over',
    file: DESK,
    find: 'Promise<Claimed | ClaimHeld | Unconfirmed | Refusal> {\n    await this.#sweepFirst()\n',
    replace: 'Promise<Claimed | ClaimHeld | Unconfirmed | Refusal> {\n',
    caughtBy: tests('[RU3]', DESK_TESTS),
  },
  {
    id: 'lapsed-released-before-it-is-ended',
    why: 'a full disk leaves runs live that no sweep ever looks at again',
    file: DESK,
    find: "const ended = await this.#end(namespace, { runs, outcome: 'interrupted', endedBy: 'lease' })",
    replace:
      "for (const run of runs) this.leases.release(run)\n    const ended = await this.#end(namespace, { runs, outcome: 'interrupted', endedBy: 'lease' })",
    caughtBy: tests('[OP5]', DESK_TESTS),
  },
  {
    id: 'sweep-ends-at-a-failure',
    why: 'one run that can not be ended keeps every other lapsed run live',
    file: DESK,
    find: 'await this.#giveUp(key).catch(noteFailure)',
    replace: 'await this.#giveUp(key)',
    caughtBy: tests('[OP5]', DESK_TESTS),
  },
  {
    id: 'damaged-run-keeps-its-page',
    why: 'one run that can not be read keeps 255 others live, and their conversations blocked',
    file: DESK,
    find: 'for (const run of runs) await this.#interrupt(namespace, [run]).catch(noteFailure)',
    replace: 'noteFailure(error)',
    caughtBy: tests('[OP5]', DESK_TESTS),
  },
  {
    id: 'claim-fails-with-a-sweep',
    why: 'one run that can not be ended turns away every claim of every tenant',
    file: DESK,
    find: "await this.sweep().catch(() => this.#log.debug('a sweep of leases failed before a claim or a resume'))",
    replace: 'await this.sweep()',
    caughtBy: tests('[OP5]', DESK_TESTS),
  },
  {
    id: 'mismatch-unheard',
    why: 'a resume whose agent loaded another conversation holds its lease, and nobody is told',
    file: 'hub/src/runs/with-end.ts',
    find: "answer.code !== 'identity_mismatch'",
    replace: "answer.code !== 'lease_lost'",
    caughtBy: tests('[RI4]', DESK_TESTS),
  },
  {
    id: 'whole-token-in-the-log',
    why: 'whoever reads the log can resume the conversation',
    file: DESK,
    find: 'token: maskedToken(withheld)',
    replace: 'token: withheld',
    caughtBy: tests('[RV10]', DESK_TESTS),
  },
  {
    id: 'call-order-forgets-too-soon',
    why: 'the answer of a slow call takes back what later ones said',
    file: 'hub/src/runs/call-order.ts',
    find: 'if (call < oldest) this.#newest.delete(name)',
    replace: 'this.#newest.delete(name)',
    caughtBy: tests('[RU3]', 'hub/src/runs/call-order'),
  },
]

const implicitMutants: readonly Mutant[] = [
  {
    id: 'sigterm-is-cancelled',
    why: 'a service manager that ends a client in the middle of its work looks like somebody who wanted that',
    file: 'hub/src/runs/implicit-outcome.ts',
    find: "(wasKillAsked ? 'cancelled' : 'interrupted')",
    replace: "(wasKillAsked ? 'cancelled' : 'cancelled')",
    caughtBy: tests('[RU2]', 'hub/src/runs/implicit-outcome'),
  },
  {
    id: 'silent-end-is-success',
    why: 'an end of which nothing is known counts as a success, and the next run goes on with it',
    file: 'hub/src/runs/implicit-outcome.ts',
    find: 'wasThinking === false',
    replace: 'wasThinking !== true',
    caughtBy: tests('[RU2]', 'hub/src/runs/implicit-outcome'),
  },
  {
    id: 'kill-remembered-for-ever',
    why: 'a crash hours after a kill that failed looks like that kill',
    file: 'hub/src/runs/kill-marks.ts',
    find: 'if (now - at < COUNTS_MS) return',
    replace: 'if (now - at < Infinity) return',
    caughtBy: tests('[RU2]', 'hub/src/runs/kill-marks'),
  },
  {
    id: 'alive-after-end-opens',
    why: 'a client that archives its session after its end opens a run that nobody ends',
    file: IMPLICIT,
    find: "if (word.state === 'ended' || word.state === 'opening'",
    replace: "if (word.state === 'opening'",
    caughtBy: tests('[CO12]', SOCKET_TESTS),
  },
  {
    id: 'every-alive-opens',
    why: 'a slow disk opens a run for each alive, all contended',
    file: IMPLICIT,
    find: "word.state === 'ended' || word.state === 'opening' ||",
    replace: "word.state === 'ended' ||",
    caughtBy: tests('[RU2]', SOCKET_TESTS),
  },
  {
    id: 'reconnect-opens-another',
    why: 'each lost connection leaves a contended run behind',
    file: IMPLICIT,
    find: 'const run = word.run ?? this.#runToGoOnWith(session, word)\n    if (run !== null',
    replace: 'const run = word.run\n    if (run !== null',
    caughtBy: tests('[RU2]', SOCKET_TESTS),
  },
  {
    id: 'two-clients-one-run',
    why: 'two programs in one conversation are never shown as such',
    file: IMPLICIT,
    find: 'other.run = null\n      other.isBesideAnother = true',
    replace: '',
    caughtBy: tests('[RU7]', SOCKET_TESTS),
  },
  {
    id: 'end-takes-the-other-with-it',
    why: 'the late end of a lost connection ends the run of the client that came back',
    file: IMPLICIT,
    find: 'if (speaking === null || speaking === word) void',
    replace: 'void',
    caughtBy: tests('[RU2]', SOCKET_TESTS),
  },
  {
    id: 'failed-opening-is-final',
    why: 'a full disk at the first alive leaves a session without a run for the rest of its life',
    file: IMPLICIT,
    find: "this.#said(word, 'silent')",
    replace: "this.#said(word, 'refused')",
    caughtBy: tests('[OP5]', SOCKET_TESTS),
  },
]

const doorMutants: readonly Mutant[] = [
  {
    id: 'run-of-another-session-kept-alive',
    why: 'a client that names a run of another session keeps it from ever ending',
    file: OWN,
    find: "if (known !== null && known.session !== session) return this.#lose(session, 'session')",
    replace: '',
    caughtBy: tests('[RU5]', 'hub/src/socket/own-run'),
  },
  {
    id: 'unknown-run-alive-for-ever-asked',
    why: 'a client with a run that is not known opens an implicit one, or asks the store every two seconds',
    file: OWN,
    find: 'if (this.#isLost) return\n    this.#isLost = true',
    replace: '',
    caughtBy: tests('[RU5]', 'hub/src/socket/own-run'),
  },
  {
    id: 'run-writes-without-its-runtime',
    why: 'a token that a run sets over its socket has no runtime on record, and is never resumed by itself',
    file: 'hub/src/socket/connection.ts',
    find: '...(runtimeId === null ? {} : { runtime: runtimeId }),',
    replace: '',
    caughtBy: tests('[JO1]', 'hub/src/socket/own-run'),
  },
  {
    id: 'report-crosses-tenants',
    why: 'a tenant ends the runs of another one',
    file: 'hub/src/http/cli-runs.ts',
    find: "return { namespace: caller.namespace, actor: actorOf(caller, 'http') }",
    replace: "return { namespace: 'default', actor: actorOf(caller, 'http') }",
    caughtBy: tests('[SE2]', 'hub/src/http/cli-runs'),
  },
  {
    id: 'caution-accepted-unseen',
    why: 'a person is told to accept something without being told what',
    file: 'hub/src/http/cli-claims.ts',
    find: 'const checks = [...openCautions(verdict, acceptRisk)]',
    replace: 'const checks = [...openCautions(verdict, acceptRisk)].slice(0, 0)',
    caughtBy: tests('[RV2]', 'hub/src/http/cli-claims'),
  },
  {
    id: 'watcher-told-no-run-at-first',
    why: 'a page shows dispatched runs only once they change',
    file: 'hub/src/watch/namespace-watch.ts',
    find: 'facts.owe(runs.live.sessions(this.#namespace))',
    replace: '',
    caughtBy: tests('[WI6]', 'hub/src/watch/watched-runs'),
  },
]

const ENDS = 'hub/src/socket/implicit-ends'
const CONTENTION = 'hub/src/runs/run-desk-contention'

const endMutants: readonly Mutant[] = [
  {
    id: 'end-said-once-is-lost',
    why: 'while the disk is full every session that completes counts as interrupted, and is not resumed by itself',
    file: DESK,
    find: 'if (isPassing(error)) this.#keepEnd(end)',
    replace: 'if (isPassing(error)) this.#unstored.forget(run)',
    caughtBy: tests('[RU2]', ENDS),
  },
  {
    id: 'unstored-end-overtaken-by-the-lease',
    why: 'a run that completed counts as interrupted because its end waited too long',
    file: DESK,
    find: '.filter((key) => !this.isEnding(key))',
    replace: '',
    caughtBy: tests('[RU2] [RU3]', ENDS),
  },
  {
    id: 'hopeless-end-kept-for-ever',
    why: 'a run whose end the store never takes holds its conversation until the hub restarts',
    file: DESK,
    find: 'if (isPassing(error)) this.#keepEnd(end)',
    replace: 'if (error !== undefined) this.#keepEnd(end)',
    caughtBy: tests('[RU2] where it never will be', ENDS),
  },
  {
    id: 'next-client-beside-the-ended-one',
    why: 'a session whose end is not stored yet is found in contention with itself',
    file: DESK,
    find: 'if (ended.length > 0) await Promise.all(ended.map((end) => this.endImplicit(end)))',
    replace: 'void ended',
    caughtBy: tests('[RU2]', ENDS),
  },
  {
    id: 'next-client-goes-on-with-the-ended-run',
    why: 'the end that is stored later is that of a client that is at work',
    file: IMPLICIT,
    find: '.filter((key) => !this.#parts.runs.isEnding(key))',
    replace: '',
    caughtBy: tests('[RU2]', ENDS),
  },
  {
    id: 'unstored-ends-cross-tenants',
    why: 'a tenant whose ends can not be stored keeps another one from his runs',
    file: 'hub/src/runs/unstored-ends.ts',
    find: 'run.namespace === namespace',
    replace: "run.namespace !== ''",
    caughtBy: tests('[SE2]', 'hub/src/runs/unstored-ends', ENDS),
  },
  {
    id: 'unstored-ends-without-bound',
    why: 'a disk that stays full fills the memory too',
    file: 'hub/src/runs/unstored-ends.ts',
    find: 'this.#ends.size <= this.#limit ||',
    replace: '',
    caughtBy: tests('[RU2]', 'hub/src/runs/unstored-ends', 'hub/src/runs/run-desk-ends'),
  },
  {
    id: 'contention-by-a-write-not-told',
    why: 'two programs write into one conversation and nobody sees it until one of them ends',
    file: 'hub/src/store/sqlite/runs/learn-token.ts',
    find: 'core.contended.note(JSON.stringify([namespace, one.id]), { namespace, run: one })',
    replace: 'void one',
    caughtBy: tests('[ME13]', CONTENTION),
  },
  {
    id: 'contention-brings-back-what-is-over',
    why: 'a run that ended is shown as live until the hub restarts',
    file: DESK,
    find: 'if (run !== null && !run.contended) this.#note({ namespace, run: { ...run, contended: true } })',
    replace: 'this.#note({ namespace, run: { ...(run ?? marked), contended: true } })',
    caughtBy: tests('[ME13]', CONTENTION),
  },
]

/** Mistakes in who holds a run and for how long. */
export const runDeskMutants: readonly Mutant[] = [
  ...leaseMutants,
  ...implicitMutants,
  ...doorMutants,
  ...endMutants,
]
