import type { SessionEndReason } from '@holdfast/shared/protocol/up/session-end'
import type { Actor } from '@holdfast/shared/records/actor'
import type { ConnectionId } from '../live/presence.ts'
import type { LiveRun, RunKey } from '../store/run-store.ts'
import type { SessionKey } from '../store/store.ts'
import { implicitOutcome } from './implicit-outcome.ts'
import type { KillMarks } from './kill-marks.ts'
import { phaseOf } from './phase.ts'
import type { RunDesk } from './run-desk.ts'
import { runName } from './run-name.ts'

/** After a restart everybody says at once that he is alive; more of them than this would only wait in the store's queue. */
const MAX_OPENING = 256

export interface ImplicitRunsParts {
  readonly runs: RunDesk
  readonly kills: Pick<KillMarks, 'wasAsked' | 'whyAsked'>
  /** Something could not be stored. */
  readonly failed: (error: unknown) => void
}

/** Who says something. */
export interface Speaker {
  readonly id: ConnectionId
  readonly actor: Actor
}

/** What one connection has said of one session. */
interface Word {
  readonly connection: ConnectionId
  /** `refused`: the store takes no run of it. `ended`: what it says of the session from here on counts for nothing. */
  state: 'silent' | 'opening' | 'alive' | 'refused' | 'ended'
  run: RunKey | null
  /** Another client is in the session as well, so that no run but its own is its. */
  isBesideAnother: boolean
  /** How it ended while its run was being opened. */
  reason: SessionEndReason | undefined
}

/** Whose run it is. */
interface Voice {
  /** Null where its connection is gone. */
  word: Word | null
  wasThinking: boolean | null
}

interface Opening {
  readonly word: Word
  readonly thinking: boolean
  readonly actor: Actor
  readonly continues: string | null
}

/**
 * The runs of clients that know none. The first word of a connection opens one, or goes on with the session's where that
 * connection is a client's next; every later one costs no more than its lease.
 */
export class ImplicitRuns {
  readonly #parts: ImplicitRunsParts
  readonly #words = new Map<ConnectionId, Map<string, Word>>()
  readonly #voices = new Map<string, Voice>()
  #opening = 0

  constructor(parts: ImplicitRunsParts) {
    this.#parts = parts
    parts.runs.onRun((live) => this.#forgetOver(live))
  }

  alive(session: SessionKey, speaker: Speaker, { thinking }: { readonly thinking: boolean }): void {
    const word = this.#wordOf(speaker.id, session)
    if (word.state === 'ended' || word.state === 'opening' || word.state === 'refused') return
    const run = word.run ?? this.#runToGoOnWith(session, word)
    if (run !== null && this.#parts.runs.touch(run) !== null) this.#speak(run, word, thinking)
    else void this.#open(session, { word, thinking, actor: speaker.actor, continues: run?.run ?? null })
  }

  ended(session: SessionKey, connection: ConnectionId, reason: SessionEndReason | undefined): void {
    const word = this.#wordOf(connection, session)
    const { state } = word
    const run = word.run ?? this.#runToGoOnWith(session, word)
    word.state = 'ended'
    word.reason = reason
    if (state === 'ended' || state === 'opening' || run === null) return
    const speaking = this.#voices.get(runName(run))?.word ?? null
    if (speaking === null || speaking === word) void this.#close(session, run, reason)
  }

  /** The client may come back within the lease. */
  disconnected(connection: ConnectionId): void {
    const words = this.#words.get(connection)
    if (words === undefined) return
    this.#words.delete(connection)
    for (const word of words.values()) {
      const voice = word.run === null ? undefined : this.#voices.get(runName(word.run))
      if (voice?.word === word) voice.word = null
    }
  }

  #wordOf(connection: ConnectionId, { session }: SessionKey): Word {
    const words = this.#words.get(connection) ?? new Map<string, Word>()
    this.#words.set(connection, words)
    const known = words.get(session)
    if (known !== undefined) return known
    const word: Word = { connection, state: 'silent', run: null, isBesideAnother: false, reason: undefined }
    words.set(session, word)
    return word
  }

  /**
   * The run that a client had on a connection before: one whose connection is gone, or else one whose connection may be
   * gone without our having noticed.
   */
  #runToGoOnWith(session: SessionKey, word: Word): RunKey | null {
    if (word.isBesideAnother) return null
    const runs = this.#parts.runs.live.inSession(session).filter(({ kind }) => kind === 'implicit')
    const keys = runs
      .map(({ id }) => ({ namespace: session.namespace, run: id }))
      .filter((key) => !this.#parts.runs.isEnding(key))
    return keys.find((key) => (this.#voices.get(runName(key))?.word ?? null) === null) ?? keys[0] ?? null
  }

  #speak(run: RunKey, word: Word, thinking: boolean): void {
    const voice = this.#voiceOf(run)
    const other = voice.word
    if (other !== null && other !== word && word.run !== null) {
      // The one that took it over was not this client come back: there are two.
      other.run = null
      other.isBesideAnother = true
    }
    this.#said(word, 'alive')
    word.run = run
    voice.word = this.#words.has(word.connection) ? word : null
    voice.wasThinking = thinking
  }

  #voiceOf(run: RunKey): Voice {
    const name = runName(run)
    const known = this.#voices.get(name)
    if (known !== undefined) return known
    const voice: Voice = { word: null, wasThinking: null }
    this.#voices.set(name, voice)
    return voice
  }

  async #open(session: SessionKey, { word, thinking, actor, continues }: Opening): Promise<void> {
    if (this.#opening >= MAX_OPENING) return
    const { runs, failed } = this.#parts
    this.#said(word, 'opening')
    this.#opening += 1
    try {
      const answer = await runs.openImplicit({ ...session, actor, continues })
      if (answer.kind === 'refused') return this.#said(word, 'refused')
      const run = { namespace: session.namespace, run: answer.run.id }
      this.#speak(run, word, thinking)
      if (word.state === 'ended') await this.#close(session, run, word.reason)
    } catch (error) {
      // The next alive tries again.
      this.#said(word, 'silent')
      failed(error)
    } finally {
      this.#opening -= 1
    }
  }

  /** Unless it has said that it ended. */
  #said(word: Word, state: Word['state']): void {
    if (word.state !== 'ended') word.state = state
  }

  /** Where the end can not be stored now, a sweep stores it later. */
  async #close(session: SessionKey, run: RunKey, reason: SessionEndReason | undefined): Promise<void> {
    const { runs, kills, failed } = this.#parts
    const wasThinking = this.#voices.get(runName(run))?.wasThinking ?? null
    const outcome = implicitOutcome({ reason, wasThinking, wasKillAsked: kills.wasAsked(session) })
    try {
      const why = outcome === 'cancelled' ? kills.whyAsked(session) : null
      await runs.endImplicit({ run, outcome, reason: why ?? reason })
    } catch (error) {
      failed(error)
    }
  }

  #forgetOver({ namespace, run }: LiveRun): void {
    if (phaseOf(run) === 'over') this.#voices.delete(runName({ namespace, run: run.id }))
  }
}
