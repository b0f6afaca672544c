import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import type { Actor } from '@holdfast/shared/records/actor'
import type { Holder, RunEndedBy, RunOutcome, RunRecord } from '@holdfast/shared/records/run'
import type { DirectoryState, TranscriptEvidence, TranscriptState } from '@holdfast/shared/resume/evidence'
import type { Hold, ResumeFacts } from '@holdfast/shared/resume/facts'
import type { Reason } from '@holdfast/shared/resume/reasons'
import type { ClassedVerdict } from '@holdfast/shared/resume/classed-verdict'
import type { Intent, Verdict, VerdictClass } from '@holdfast/shared/resume/verdict'
import type { FieldsWritten, Page, SessionKey } from './store.ts'

/**
 * Runs and what is known of tokens. As everywhere in the store, a method is one whole transaction. The store knows which
 * runs are live; until when their leases last is known to whoever hears their heartbeats, and nothing of a heartbeat is
 * stored.
 *
 * A run's report counts while the run is live, or while it is its session's newest, ended by its lease or its holder, and
 * nobody else is in its conversation: then the report revives it. Any other is refused with `lease_lost`, changes nothing
 * of the session, and a token that it names enters the token history as `late`. An end by the run's own word is final, and a token
 * that it carried before is not written again after it.
 */
export interface RunStore {
  /**
   * Finds or makes the session by its tag, ends what the holder's newer boot shows to be gone, takes over the claimant's
   * evidence, judges, and opens a run. Repeated with the same run id, from the same place and for the same holder, it gives
   * the same answer while the run counts.
   */
  claimRun(request: ClaimRun): Promise<Claimed | ClaimHeld | Unconfirmed | Refusal>
  /** A run that began without being judged, because the hub was away. It can not be refused for another holder: both are contended then. */
  registerRun(request: RegisterRun): Promise<RunRegistered | Refusal>
  /** For a client that knows no runs. `continues`: the run that this client's connection had, if it had one. */
  openImplicitRun(request: OpenImplicitRun): Promise<RunChanged | Refusal>
  /** A heartbeat of a run that is not known to be live: revives it if its reports count. */
  reviveRun(request: RunRequest): Promise<RunChanged | Refusal>
  reportToken(request: ReportToken): Promise<TokenReported | Refusal>
  /** The agent says that it does not know the token. */
  reportRejected(request: ReportRejected): Promise<RejectionTaken | Refusal>
  completeRun(request: CompleteRun): Promise<RunChanged | Refusal>
  /** Ends those of the runs that are live; an implicit one then carries the token that its session has. */
  endRuns(request: EndRuns): Promise<readonly RunRecord[]>
  /** Ends the live runs of a holder, of whichever boot, that its list does not name. What it names is its newest boot's from here on. */
  endHolderRuns(request: HolderRuns): Promise<HolderRunsEnded | Refusal>

  /** Takes the lease for a resume through the hub. Without a token to resume there is nothing to take: only the facts come back. */
  beginResume(request: BeginResume): Promise<ResumeBegun | Held | Refusal>
  /** It goes to another runtime than the token's: a person took it over. Not once its agent has confirmed. */
  moveResume(request: RunRequest & { readonly runtimeId: string }): Promise<RunChanged | Refusal>
  /** The machine's runner took it on: from here on it is a run. */
  resumeAccepted(request: RunRequest): Promise<RunChanged | Refusal>
  /** An attempt is withdrawn, and was never a run; one that a runner accepted has failed. One that is over stays as it ended. */
  giveUpResume(request: RunRequest & { readonly reason: string }): Promise<RunChanged | Refusal>

  readRun(key: RunKey): Promise<RunRecord | null>
  /** Newest first. */
  listRuns(request: RunsOfSession): Promise<Page<RunRecord> | null>
  /** Every live run of every namespace, oldest first. */
  liveRuns(request: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page<LiveRun>>

  readFacts(request: ReadFacts): Promise<ResumeFacts | null>
  /**
   * What somebody saw on the token's machine. A transcript that is there confirms its token and lifts a quarantine. False
   * where the token is not one that the session ever had.
   */
  noteEvidence(request: NoteEvidence): Promise<{ readonly noted: boolean }>
  /** A person says to which machine and runtime a token belongs; it becomes the session's, provisional, and not quarantined. */
  rebindToken(request: RebindToken): Promise<FieldsWritten | Held | Refusal>
  census(request: ReadCensus): Promise<Page<CensusRow>>
  /** How many sessions are in each class, all groups together. */
  censusTotals(namespace: string): Promise<{ readonly [name in VerdictClass]: number }>

  /**
   * Calls back after a commit, and after the answers to the writes in it, with the sessions of which something was learned
   * that counts for a resume, and with what lists say of them now. Nothing of it is in the feed.
   */
  onJudged(listener: (judged: readonly Judged[]) => void): () => void
  /** Likewise with the live runs that are in contention because of a write of fields: its answer does not name them. */
  onContended(listener: (runs: readonly LiveRun[]) => void): () => void
}

export interface RunKey {
  readonly namespace: string
  readonly run: string
}

export interface LiveRun {
  readonly namespace: string
  readonly run: RunRecord
}

export interface RunRequest extends RunKey {
  readonly actor: Actor
}

/** Somebody else is in the session, or in the same conversation of another session. */
export interface Held {
  readonly kind: 'held'
  readonly hold: Hold
}

export interface RunChanged {
  readonly kind: 'run'
  readonly run: RunRecord
  /** Runs that this one is in contention with; they are marked as well. */
  readonly contends: readonly RunRecord[]
}

export interface ClaimedEvidence {
  /** Whose transcript it is. What was seen of another token than the session's says nothing of it. */
  readonly token?: string | undefined
  readonly transcript?: TranscriptState | undefined
  readonly directory?: DirectoryState | undefined
}

export interface ClaimRun {
  readonly namespace: string
  readonly actor: Actor
  /** The session's tag. */
  readonly key: string
  readonly flavor: string
  readonly machineId: string
  readonly runtimeId: string | null
  /** Chosen by the caller, or by the store. */
  readonly runId?: string | undefined
  readonly holder?: Holder | undefined
  readonly directory?: string | undefined
  /** Of a session that is made; one that is there keeps its own. */
  readonly metadata?: JsonObject | undefined
  readonly evidence?: ClaimedEvidence | undefined
  readonly intent: Intent
  /** What a person accepts; ids of checks. */
  readonly acceptRisk?: readonly string[] | undefined
}

export interface Claimed {
  readonly kind: 'claimed'
  readonly run: RunRecord
  readonly created: boolean
  readonly verdict: Verdict
  /** The token that is there and was not given out; null where there is none, or it was. */
  readonly withheld: string | null
  /** The runs of its holder's older boots that it ended. */
  readonly ended: readonly RunRecord[]
  readonly replayed?: true
}

/** Refused for another holder. `ended`: as of `Claimed`; they have ended all the same. */
export interface ClaimHeld extends Held {
  readonly ended: readonly RunRecord[]
}

/** A person has to accept every caution first; nothing was opened. */
export interface Unconfirmed {
  readonly kind: 'unconfirmed'
  readonly verdict: Verdict
  readonly ended: readonly RunRecord[]
}

export interface RegisterRun {
  readonly namespace: string
  readonly actor: Actor
  /** The session's tag; the session is made where there is none. */
  readonly key: string
  readonly runId: string
  readonly flavor: string
  readonly machineId: string
  readonly runtimeId: string | null
  readonly holder?: Holder | undefined
  readonly directory?: string | undefined
  readonly metadata?: JsonObject | undefined
}

export interface RunRegistered extends RunChanged {
  /** The runs of its holder's older boots that it ended. */
  readonly ended: readonly RunRecord[]
}

export interface OpenImplicitRun extends SessionKey {
  readonly actor: Actor
  readonly continues: string | null
}

export interface ReportToken extends RunRequest {
  readonly token: string
  readonly state: 'provisional' | 'confirmed'
  readonly transcript?: TranscriptState | undefined
}

export interface TokenReported extends RunChanged {
  /** The version of the session's metadata after it. */
  readonly version: number
}

export interface ReportRejected extends RunRequest {
  readonly token: string
  readonly message: string
}

/** The run goes on without the token. `quarantined`: machine, runtime and directory were the token's own. */
export interface RejectionTaken extends RunChanged {
  readonly quarantined: boolean
}

export interface CompleteRun extends RunRequest {
  readonly outcome: Exclude<RunOutcome, 'interrupted'>
  readonly token?: string | undefined
  readonly reason?: string | undefined
  readonly workDir?: string | undefined
}

export interface EndRuns {
  readonly runs: readonly RunKey[]
  readonly outcome: RunOutcome
  readonly endedBy: RunEndedBy
  readonly reason?: string | undefined
}

export interface HolderRuns {
  readonly namespace: string
  readonly holder: Holder
  /** The runs that it has. */
  readonly runs: readonly string[]
}

export interface HolderRunsEnded {
  readonly kind: 'ended'
  readonly ended: readonly RunRecord[]
}

export interface BeginResume extends SessionKey {
  readonly actor: Actor
  readonly runId: string
}

export interface ResumeBegun {
  readonly kind: 'begun'
  /** Null where there is no token to resume. */
  readonly run: RunRecord | null
  readonly facts: ResumeFacts
}

export interface RunsOfSession extends SessionKey {
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface ReadFacts extends SessionKey {
  /** The session's own where it is left out. */
  readonly flavor?: string | undefined
  readonly claimant?: { readonly machineId: string; readonly runtimeId: string | null } | undefined
  /** A live run that does not count as a holder: the asker's own. */
  readonly besides?: string | undefined
}

export interface NoteEvidence extends SessionKey {
  readonly flavor: string
  readonly token: string
  readonly transcript?: Omit<TranscriptEvidence, 'at'> | undefined
  /** Of the session's directory. */
  readonly directory?: DirectoryState | undefined
}

export interface RebindToken extends SessionKey {
  readonly actor: Actor
  readonly flavor: string
  readonly token: string
  readonly machineId: string
  readonly runtimeId: string | null
  readonly reason: string
  readonly mutationId?: string | undefined
}

/** What is known of a session's resume, and what lists say of it. */
export interface Judged extends SessionKey {
  readonly facts: ResumeFacts
  readonly verdict: ClassedVerdict
}

export interface ReadCensus {
  readonly namespace: string
  readonly limit: number
  readonly cursor?: string | undefined
}

/** How many sessions of an agent on a machine are in one class for one reason. */
export interface CensusRow {
  readonly flavor: string | null
  readonly machineId: string | null
  readonly class: VerdictClass
  readonly reason: Reason | null
  readonly count: number
}
