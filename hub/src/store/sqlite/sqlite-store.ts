import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { HoldfastError, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { DeviceRecord } from '@holdfast/shared/records/device'
import type { JournalEntry } from '@holdfast/shared/records/journal'
import type { MachineRecord, SessionRecord, SessionSummary } from '@holdfast/shared/records/session'
import type { RunRecord } from '@holdfast/shared/records/run'
import type { TokenRecord } from '@holdfast/shared/records/token'
import type { ResumeFacts } from '@holdfast/shared/resume/facts'
import type { VerdictClass } from '@holdfast/shared/resume/verdict'
import type { ReplaceAnswer, VersionMismatch } from '../../sessions/decision.ts'
import type * as runs from '../run-store.ts'
import type * as port from '../store.ts'
import { backUp } from './backup.ts'
import { StoreCore, type Outside } from './core.ts'
import { readCensus, readCensusTotals } from './census.ts'
import { Devices } from './devices.ts'
import { damaged, unusable } from './file-checks.ts'
import { readFeed } from './feed.ts'
import { listSessions } from './list-sessions.ts'
import { inodeOf, markOf, writeMark } from './mark.ts'
import { openFile, openMemory, type Opened, type OpenStoreOptions } from './open.ts'
import type { StorePaths } from './paths.ts'
import { noteEvidence } from './note-evidence.ts'
import { Pruner } from './prune.ts'
import { readFacts } from './read-facts.ts'
import { completeRun } from './runs/complete.ts'
import { endHolderRuns, endRuns } from './runs/ends.ts'
import { claimRun } from './runs/claim.ts'
import { openImplicitRun, registerRun } from './runs/unjudged.ts'
import * as runReads from './runs/reads.ts'
import { reportRejected } from './runs/report-rejected.ts'
import { reportToken } from './runs/report-token.ts'
import { beginResume, giveUpResume, moveResume, resumeAccepted } from './runs/resume.ts'
import { reviveRun } from './runs/revive.ts'
import * as reads from './session-reads.ts'
import { SessionWrites } from './session-writes.ts'
import { Settings } from './settings.ts'
import { runSideJob } from './side-job.ts'
import { States } from './states.ts'
import type { StoreCounts } from './store-counts.ts'

const MARK_EVERY_MS = 1000

export interface SqliteStoreOptions extends Partial<OpenStoreOptions> {
  readonly newId?: () => string
  readonly log?: Outside['log']
}

/** Opens the store in a file; `:memory:` gives one that ends with the process, for tests. */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> {
  const { now = Date.now, newId = randomUUID, log } = options
  const outside: Outside = { now, newId, log }
  const settings = { ...options, now: outside.now }
  const opened = path === ':memory:' ? await openMemory(settings) : await openFile(path, settings)
  return new SqliteStore(opened, outside)
}

export class SqliteStore implements port.Store {
  readonly failed: Promise<Error>
  /** What the operator should know about how the file was opened. */
  readonly notices: readonly string[]
  readonly #opened: Opened
  readonly #core: StoreCore
  readonly #writes: SessionWrites
  readonly #states: States
  readonly #settings: Settings
  readonly #devices: Devices
  readonly #pruner: Pruner
  readonly #watch: NodeJS.Timeout | null
  #isBackingUp = false
  #inode: number | null = null
  #markedCommits = -1
  #closing: Promise<void> | null = null
  #fail: (error: Error) => void = () => undefined

  constructor(opened: Opened, outside: Outside) {
    this.#opened = opened
    this.notices = opened.notices
    this.failed = new Promise((resolve) => {
      this.#fail = resolve
    })
    this.#core = new StoreCore(opened.driver, outside, (error) => this.#halt(error))
    this.#writes = new SessionWrites(this.#core)
    this.#states = new States(this.#core)
    this.#settings = new Settings(this.#core)
    this.#devices = new Devices(this.#core)
    this.#pruner = new Pruner(this.#core)
    this.#watch = opened.paths === null ? null : setInterval(() => this.#look(), MARK_EVERY_MS).unref()
    this.#look()
    if (opened.unchecked !== null) void this.#checkInBackground(opened.unchecked)
  }

  get epoch(): string {
    return this.#core.epoch
  }

  get library(): string {
    return this.#opened.driver.library
  }

  get counts(): StoreCounts {
    return { writes: this.#writes.counts, runs: this.#core.runWrites, commits: this.#core.queue.counts }
  }

  /** Writes that wait for their commit. */
  get waiting(): number {
    return this.#core.queue.waiting
  }

  /** How large its files are; nothing where it is in memory. */
  fileBytes(): { readonly database: number; readonly log: number } {
    const { paths } = this.#opened
    return { database: bytesOf(paths?.database), log: bytesOf(paths?.wal) }
  }

  createOrLoadSession(request: port.CreateSession): Promise<port.CreatedSession | Refusal> {
    return this.#writes.create(request)
  }

  readSession(session: port.SessionKey): Promise<SessionRecord | null> {
    return this.#core.read(() => reads.readSessionRecord(this.#core, session))
  }

  hasSession({ namespace, session }: port.SessionKey): Promise<boolean> {
    return this.#core.read(() => this.#core.catalog.session(namespace, session) !== undefined)
  }

  listSessions(request: port.ListSessions): Promise<port.Page<SessionSummary>> {
    return listSessions(this.#core, request)
  }

  updateSessionMetadata(request: port.ReplaceMetadata): Promise<ReplaceAnswer | VersionMismatch | Refusal> {
    return this.#writes.replace(request)
  }

  patchSessionMetadata(request: port.PatchMetadata): Promise<port.FieldsWritten | VersionMismatch | Refusal> {
    return this.#writes.patch(request)
  }

  clearResumeToken(request: port.ClearToken): Promise<port.FieldsWritten | VersionMismatch | Refusal> {
    return this.#writes.clear(request)
  }

  putBackToken(request: port.PutBackToken): Promise<port.FieldsWritten | VersionMismatch | Refusal> {
    return this.#writes.putBack(request)
  }

  restoreSession(request: port.RestoreFields): Promise<port.FieldsWritten | VersionMismatch | Refusal> {
    return this.#writes.restore(request)
  }

  updateAgentState(request: port.UpdateState): Promise<port.StateWritten | Refusal> {
    return this.#states.updateAgentState(request)
  }

  updateSettings(request: port.UpdateSettings): Promise<{ readonly changed: boolean } | Refusal> {
    return this.#settings.update(request)
  }

  sessionHistory(request: port.HistoryOfSession): Promise<port.Page<JournalEntry> | null> {
    return this.#core.read(() => reads.sessionHistory(this.#core, request))
  }

  fieldHistory(request: port.HistoryOfField): Promise<port.Page<port.FieldHistoryEntry> | null> {
    return this.#core.read(() => reads.fieldHistory(this.#core, request))
  }

  tokenHistory(request: port.HistoryOfTokens): Promise<port.Page<TokenRecord> | null> {
    return this.#core.read(() => reads.tokenHistory(this.#core, request))
  }

  tokenHolders(request: port.TokenIdentity): Promise<readonly string[]> {
    return this.#core.read(() => reads.tokenHolders(this.#core, request))
  }

  readFeed(request: port.ReadFeed): Promise<port.FeedPage> {
    return this.#core.read(() => readFeed(this.#core, request))
  }

  onCommit(listener: (namespaces: readonly string[]) => void): () => void {
    return this.#core.onCommit(listener)
  }

  createOrLoadMachine(request: port.CreateMachine): Promise<MachineRecord | Refusal> {
    return this.#states.createOrLoadMachine(request)
  }

  readMachine(machine: port.MachineKey): Promise<MachineRecord | null> {
    return this.#core.read(() => this.#states.readMachine(machine))
  }

  listMachines(request: port.ListMachines): Promise<port.Page<MachineRecord>> {
    return this.#core.read(() => this.#states.listMachines(request))
  }

  updateMachineMetadata(request: port.UpdateMachine): Promise<port.StateWritten | Refusal> {
    return this.#states.updateMachine(request, 'metadata')
  }

  updateRunnerState(request: port.UpdateMachine): Promise<port.StateWritten | Refusal> {
    return this.#states.updateMachine(request, 'runner_state')
  }

  addDevice(request: port.AddDevice): Promise<DeviceRecord | Refusal> {
    return this.#devices.add(request)
  }

  findDevice(device: string): Promise<port.StoredDevice | null> {
    return this.#core.read(() => this.#devices.find(device))
  }

  listDevices(request: port.ListDevices): Promise<port.Page<DeviceRecord>> {
    return this.#core.read(() => this.#devices.list(request))
  }

  revokeDevice(request: port.DeviceKey): Promise<DeviceRecord | Refusal> {
    return this.#devices.revoke(request)
  }

  noteDeviceUse(uses: readonly port.DeviceUse[]): Promise<void> {
    return this.#devices.noteUse(uses)
  }

  claimRun(request: runs.ClaimRun): Promise<runs.Claimed | runs.ClaimHeld | runs.Unconfirmed | Refusal> {
    return this.#core.runWrites.of('claim', claimRun(this.#core, request))
  }

  registerRun(request: runs.RegisterRun): Promise<runs.RunRegistered | Refusal> {
    return this.#core.runWrites.of('register', registerRun(this.#core, request))
  }

  openImplicitRun(request: runs.OpenImplicitRun): Promise<runs.RunChanged | Refusal> {
    return this.#core.runWrites.of('implicit', openImplicitRun(this.#core, request))
  }

  reviveRun(request: runs.RunRequest): Promise<runs.RunChanged | Refusal> {
    return this.#core.runWrites.of('alive', reviveRun(this.#core, request))
  }

  reportToken(request: runs.ReportToken): Promise<runs.TokenReported | Refusal> {
    return this.#core.runWrites.of('token', reportToken(this.#core, request))
  }

  reportRejected(request: runs.ReportRejected): Promise<runs.RejectionTaken | Refusal> {
    return this.#core.runWrites.of('rejected', reportRejected(this.#core, request))
  }

  completeRun(request: runs.CompleteRun): Promise<runs.RunChanged | Refusal> {
    return this.#core.runWrites.of('complete', completeRun(this.#core, request))
  }

  endRuns(request: runs.EndRuns): Promise<readonly RunRecord[]> {
    return this.#core.runWrites.of('end', endRuns(this.#core, request))
  }

  endHolderRuns(request: runs.HolderRuns): Promise<runs.HolderRunsEnded | Refusal> {
    return this.#core.runWrites.of('end', endHolderRuns(this.#core, request))
  }

  beginResume(request: runs.BeginResume): Promise<runs.ResumeBegun | runs.Held | Refusal> {
    return this.#core.runWrites.of('resume', beginResume(this.#core, request))
  }

  moveResume(request: runs.RunRequest & { readonly runtimeId: string }): Promise<runs.RunChanged | Refusal> {
    return this.#core.runWrites.of('resume', moveResume(this.#core, request))
  }

  resumeAccepted(request: runs.RunRequest): Promise<runs.RunChanged | Refusal> {
    return this.#core.runWrites.of('resume', resumeAccepted(this.#core, request))
  }

  giveUpResume(request: runs.RunRequest & { readonly reason: string }): Promise<runs.RunChanged | Refusal> {
    return this.#core.runWrites.of('resume', giveUpResume(this.#core, request))
  }

  readRun(key: runs.RunKey): Promise<RunRecord | null> {
    return this.#core.read(() => runReads.readRun(this.#core, key))
  }

  listRuns(request: runs.RunsOfSession): Promise<port.Page<RunRecord> | null> {
    return this.#core.read(() => runReads.listRuns(this.#core, request))
  }

  liveRuns(request: Parameters<runs.RunStore['liveRuns']>[0]): Promise<port.Page<runs.LiveRun>> {
    return this.#core.read(() => runReads.liveRuns(this.#core, request))
  }

  readFacts(request: runs.ReadFacts): Promise<ResumeFacts | null> {
    return this.#core.read(() => readFacts(this.#core, request))
  }

  noteEvidence(request: runs.NoteEvidence): Promise<{ readonly noted: boolean }> {
    return this.#core.runWrites.of('evidence', noteEvidence(this.#core, request))
  }

  rebindToken(request: runs.RebindToken): Promise<port.FieldsWritten | runs.Held | Refusal> {
    return this.#writes.rebind(request)
  }

  census(request: runs.ReadCensus): Promise<port.Page<runs.CensusRow>> {
    return this.#core.read(() => readCensus(this.#core, request))
  }

  censusTotals(namespace: string): Promise<Readonly<Record<VerdictClass, number>>> {
    return this.#core.read(() => readCensusTotals(this.#core, namespace))
  }

  onJudged(listener: (judged: readonly runs.Judged[]) => void): () => void {
    return this.#core.judged.on(listener)
  }

  onContended(listener: (contended: readonly runs.LiveRun[]) => void): () => void {
    return this.#core.contended.on(listener)
  }

  namespaces(): Promise<readonly string[]> {
    return this.#core.read(() => reads.namespaces(this.#core))
  }

  prune(request: port.PruneStep): Promise<port.Pruned> {
    return this.#pruner.step(request)
  }

  /** One at a time: two of the same file would write into each other's draft. */
  async backup(file: string): Promise<port.BackupMade> {
    const { paths } = this.#opened
    if (paths === null) throw unusable('A database in memory can not be backed up.')
    if (this.#isBackingUp)
      throw new HoldfastError('storage_busy', 'Another backup is being made. Try again after it.')
    this.#isBackingUp = true
    try {
      const epoch = await this.#core.read(() => this.epoch)
      return await backUp(paths.database, epoch, file)
    } finally {
      this.#isBackingUp = false
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    if (this.#watch !== null) clearInterval(this.#watch)
    await this.#core.queue.drained()
    this.#core.stop(new HoldfastError('store_stopped', 'The store is closed.'))
    this.#look()
    this.#opened.release()
  }

  /** Once a second: is the file still the one that was opened, and how much of it is durable. */
  #look(): void {
    const { paths } = this.#opened
    if (paths === null) return
    const inode = inodeOf(paths.database)
    this.#inode ??= inode
    if (inode !== this.#inode) {
      const message = `${paths.database} was removed or replaced while the hub was using it. Nothing more is written; start the hub again.`
      return this.#halt(new HoldfastError('database_replaced', message))
    }
    if (this.#core.commits !== this.#markedCommits) this.#mark(paths, this.#core.commits)
  }

  #mark(paths: StorePaths, commits: number): void {
    try {
      writeMark(paths, markOf(paths, { epoch: this.epoch, commits }))
      this.#markedCommits = commits
    } catch {
      // The mark from before stays true. A full disk may have room for a newer one in a second.
    }
  }

  #halt(reason: Error): void {
    this.#core.stop(reason)
    this.#fail(reason)
  }

  /** The whole file is looked through while the hub serves already; what is found stops it before it spreads. */
  async #checkInBackground(file: string): Promise<void> {
    try {
      const problems = (await runSideJob({ job: 'check', file })).filter((problem) => problem !== 'ok')
      if (problems.length > 0) this.#halt(damaged(file, problems.join('; ').slice(0, 200)))
    } catch (error) {
      // A check that outlives the store says nothing of it.
      if (this.#closing === null)
        this.#halt(damaged(file, error instanceof Error ? error.message : 'the check did not finish', error))
    }
  }
}

/** 0 where there is no such file. */
function bytesOf(file: string | undefined): number {
  return file === undefined ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0)
}
