import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Json } from '@holdfast/shared/metadata/json'
import type { RefusedField } from '@holdfast/shared/metadata/merge'
import type { Actor } from '@holdfast/shared/records/actor'
import type { DeviceRecord, Role } from '@holdfast/shared/records/device'
import type { JournalEntry, JournaledChange } from '@holdfast/shared/records/journal'
import type { MachineRecord, SessionRecord, SessionSummary } from '@holdfast/shared/records/session'
import type { TokenRecord } from '@holdfast/shared/records/token'
import type { SessionSettings } from '@holdfast/shared/protocol/session-settings'
import type { PatchAnswer, ReplaceAnswer, VersionMismatch } from '../sessions/decision.ts'
import type { SessionFilter } from '../sessions/session-filter.ts'
import type { RunStore } from './run-store.ts'

/**
 * Where sessions live. Every method is one whole transaction and returns a promise that settles after its outcome is
 * certain: a write after its commit is durable. What a caller may get wrong comes back as a result; a promise is
 * rejected, with a HoldfastError, only for what the store itself could not do. A request belongs to the store from the
 * call on: it is looked at again when its turn comes, and must not be changed meanwhile.
 */
export interface Store extends RunStore, AsyncDisposable {
  /** Changes when the file was restored from a backup; versions and seqs are comparable within one epoch only. */
  readonly epoch: string
  /** Settles, with the reason, when the store can not go on; after that every call is refused with `store_stopped`. */
  readonly failed: Promise<Error>

  createOrLoadSession(request: CreateSession): Promise<CreatedSession | Refusal>
  readSession(session: SessionKey): Promise<SessionRecord | null>
  /** Without reading it: a session's agent state may be large. */
  hasSession(session: SessionKey): Promise<boolean>
  /**
   * Newest first by creation, an order that no write changes. Where not every session is wanted, a call looks at 2,000 of
   * them at most: its page may then be short, or empty, and still have a `nextCursor`.
   */
  listSessions(request: ListSessions): Promise<Page<SessionSummary>>
  updateSessionMetadata(request: ReplaceMetadata): Promise<ReplaceAnswer | VersionMismatch | Refusal>
  patchSessionMetadata(request: PatchMetadata): Promise<FieldsWritten | VersionMismatch | Refusal>
  clearResumeToken(request: ClearToken): Promise<FieldsWritten | VersionMismatch | Refusal>
  putBackToken(request: PutBackToken): Promise<FieldsWritten | VersionMismatch | Refusal>
  restoreSession(request: RestoreFields): Promise<FieldsWritten | VersionMismatch | Refusal>
  updateAgentState(request: UpdateState): Promise<StateWritten | Refusal>
  /** Takes over what is said and keeps the rest; true where that changed anything. Not versioned, not journaled. */
  updateSettings(request: UpdateSettings): Promise<{ readonly changed: boolean } | Refusal>

  sessionHistory(request: HistoryOfSession): Promise<Page<JournalEntry> | null>
  fieldHistory(request: HistoryOfField): Promise<Page<FieldHistoryEntry> | null>
  tokenHistory(request: HistoryOfTokens): Promise<Page<TokenRecord> | null>
  /** The sessions, the asked one included, whose token of this flavor has this value on this machine. */
  tokenHolders(request: TokenIdentity): Promise<readonly string[]>

  readFeed(request: ReadFeed): Promise<FeedPage>
  /** Calls back after a commit that advanced a namespace's feed; it only says "look again". */
  onCommit(listener: (namespaces: readonly string[]) => void): () => void

  createOrLoadMachine(request: CreateMachine): Promise<MachineRecord | Refusal>
  readMachine(machine: MachineKey): Promise<MachineRecord | null>
  listMachines(request: ListMachines): Promise<Page<MachineRecord>>
  updateMachineMetadata(request: UpdateMachine): Promise<StateWritten | Refusal>
  updateRunnerState(request: UpdateMachine): Promise<StateWritten | Refusal>

  addDevice(request: AddDevice): Promise<DeviceRecord | Refusal>
  /** By its id alone, which is unique in the whole store: a token says its device before it says a namespace. */
  findDevice(device: string): Promise<StoredDevice | null>
  /** Newest first, those whose token was taken back too. */
  listDevices(request: ListDevices): Promise<Page<DeviceRecord>>
  /** Takes a device's token back for good; a second time changes nothing. */
  revokeDevice(request: DeviceKey): Promise<DeviceRecord | Refusal>
  /** When tokens were last used; ids that are not known are passed over, and no time goes back. */
  noteDeviceUse(uses: readonly DeviceUse[]): Promise<void>

  /** Every namespace that has ever been written to. */
  namespaces(): Promise<readonly string[]>
  /** One small step of throwing away what retention no longer keeps. */
  prune(request: PruneStep): Promise<Pruned>
  /** Writes a consistent copy to a file that does not exist yet, while writes go on; `storage_busy` while another one is made. */
  backup(file: string): Promise<BackupMade>
  /** Waits for what was accepted, then closes; a second call does nothing. */
  close(): Promise<void>
}

export interface SessionKey {
  readonly namespace: string
  readonly session: string
}

export interface MachineKey {
  readonly namespace: string
  readonly machine: string
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Give this as `cursor` for what follows; null at the end. */
  readonly nextCursor: string | null
}

interface WriteBy {
  readonly actor: Actor
  readonly reason?: string | undefined
}

interface Once {
  /** Makes the write take effect once, however often it is sent. */
  readonly mutationId?: string | undefined
}

export interface CreateSession extends WriteBy {
  readonly namespace: string
  readonly tag: string
  /** The caller may choose the id; otherwise the store does. */
  readonly id?: string | undefined
  readonly metadata: unknown
  readonly agentState?: unknown
  readonly settings?: SessionSettings | undefined
}

export interface CreatedSession {
  readonly kind: 'session'
  readonly created: boolean
  readonly session: SessionRecord
  readonly refused: readonly RefusedField[]
}

export interface ListSessions {
  readonly namespace: string
  readonly limit: number
  readonly cursor?: string | undefined
  /** The metadata fields to show; the usual ones of a list where it is left out. */
  readonly fields?: readonly string[] | undefined
  readonly filter?: SessionFilter | undefined
  /** Where it is given, the sessions whose ids it declines are passed over, and nothing of them is read. */
  readonly wants?: ((session: string) => boolean) | undefined
  /**
   * What of a session is shown to who asks; the words of the filter are looked for in that. `had` reads every token
   * that the session ever had, and can be called until `shows` returns.
   */
  readonly shows?: ((session: SessionSummary, had: () => readonly HadToken[]) => SessionSummary) | undefined
}

/** A resume token that a session has or had. */
export type HadToken = Pick<TokenRecord, 'flavor' | 'value' | 'paired'>

export interface ReplaceMetadata extends SessionKey, WriteBy {
  readonly expectedVersion: number
  readonly metadata: unknown
}

export interface PatchMetadata extends SessionKey, WriteBy, Once {
  readonly patch: unknown
  readonly expectedVersion?: number | undefined
}

export interface ClearToken extends SessionKey, WriteBy, Once {
  readonly flavor: string
  readonly expectedToken?: string | undefined
}

export interface PutBackToken extends SessionKey, WriteBy, Once {
  readonly flavor: string
  readonly value: string
}

export interface RestoreFields extends SessionKey, WriteBy, Once {
  readonly version: number
  readonly fields?: readonly string[] | undefined
}

/** `replayed`: the mutation id had taken effect before, and this is the answer it got then. */
export type FieldsWritten = PatchAnswer & { readonly replayed?: true }

export interface UpdateState extends SessionKey {
  readonly expectedVersion: number
  readonly agentState: unknown
}

/** The answer of everything that is replaced as a whole and has a counter of its own. */
export type StateWritten =
  | { readonly kind: 'written'; readonly version: number; readonly value: Json }
  | { readonly kind: 'version-mismatch'; readonly version: number; readonly value: Json }

export interface HistoryOfSession extends SessionKey {
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface HistoryOfField extends HistoryOfSession {
  readonly field: string
}

export interface FieldHistoryEntry extends Omit<JournalEntry, 'changes'> {
  readonly change: JournaledChange
}

export type HistoryOfTokens = HistoryOfSession

/** (namespace, machine, flavor, token) names one conversation. */
export interface TokenIdentity {
  readonly namespace: string
  readonly machineId: string | null
  readonly flavor: string
  readonly value: string
}

export interface ReadFeed {
  readonly namespace: string
  /** The last seq that the reader has; 0 for none. */
  readonly after: number
  /** The epoch it was read in; left out by a reader that has nothing yet. */
  readonly epoch?: string | undefined
  readonly limit: number
  /** Where it is given, what it declines is passed over without being read out. */
  readonly wants?: ((change: ChangeHead) => boolean) | undefined
}

/** Which change of which session an entry of the feed is. */
export interface ChangeHead {
  readonly session: string
  readonly version: number
}

export type FeedPage =
  | {
      readonly kind: 'changes'
      readonly epoch: string
      readonly changes: readonly FeedChange[]
      /** The last seq that was looked at: go on after it until it is `head`. A page may end early, even without a change. */
      readonly through: number
      readonly head: number
    }
  | {
      readonly kind: 'too_far_behind'
      /** `damaged`: an entry on the way can not be read. In every case a snapshot is the way on. */
      readonly because: 'pruned' | 'epoch' | 'ahead' | 'damaged'
      readonly epoch: string
      readonly floor: number
      readonly head: number
    }

export interface FeedChange extends Omit<JournalEntry, 'changes'> {
  /** Whole values, by field. */
  readonly set: { readonly [field: string]: Json }
  readonly removed: readonly string[]
  /** Fields that were set to a value too large for the journal and that changed again since: read the session. */
  readonly unavailable: readonly string[]
}

export interface CreateMachine {
  readonly namespace: string
  readonly id: string
  readonly metadata: unknown
  readonly runnerState?: unknown
}

export interface ListMachines {
  readonly namespace: string
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface UpdateMachine extends MachineKey {
  readonly expectedVersion: number
  readonly value: unknown
}

export interface UpdateSettings extends SessionKey {
  readonly settings: SessionSettings
}

export interface DeviceKey {
  readonly namespace: string
  readonly device: string
}

export interface AddDevice {
  readonly namespace: string
  readonly name: string
  readonly role: Role
  /** SHA-256 of the token's secret part. */
  readonly hash: Uint8Array
}

/** A device with what its token is checked against; this never leaves the hub. */
export interface StoredDevice extends DeviceRecord {
  readonly hash: Uint8Array
}

export interface ListDevices {
  readonly namespace: string
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface DeviceUse {
  readonly device: string
  readonly at: number
}

export interface PruneStep {
  readonly namespace: string
  readonly keepEntries: number
  readonly keepBytes: number
  /** At most so many journal entries, and as many expired mutation ids and runs, in this step. */
  readonly limit: number
}

export interface Pruned {
  readonly entries: number
  readonly mutations: number
  /** Runs that ended long ago and on which nothing depends any more. */
  readonly runs: number
  /** There is more to prune now. */
  readonly more: boolean
}

export interface BackupMade {
  readonly file: string
  readonly bytes: number
  readonly epoch: string
}
