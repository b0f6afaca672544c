import type { Calls } from '@holdfast/hub/live/calls'
import type { Log } from '@holdfast/hub/log/log'
import { ImplicitRuns } from '@holdfast/hub/runs/implicit-runs'
import { KillMarks } from '@holdfast/hub/runs/kill-marks'
import { ResumeInPlace } from '@holdfast/hub/runs/resume-in-place'
import { RunDesk } from '@holdfast/hub/runs/run-desk'
import type { Store } from '@holdfast/hub/store/store'
import { mortal } from './mortal.ts'

export const LEASE_MS = 10_000

export interface HubLifeParts {
  readonly store: Store
  readonly calls: Calls
  readonly now: () => number
  readonly newId: () => string
  /** Something that must not happen inside the hub. */
  readonly failed: (error: unknown) => void
}

const nothing = (): void => undefined

/** One life of a hub, without its doors. What it knows by heart ends with it; the store stays. */
export class HubLife {
  readonly desk: RunDesk
  readonly released: ImplicitRuns
  readonly resumes: ResumeInPlace
  readonly kills: KillMarks
  readonly #mark: { dead: boolean }

  private constructor(desk: RunDesk, parts: HubLifeParts, mark: { dead: boolean }) {
    const { store, calls, now, newId, failed } = parts
    const log = logOf(failed)
    this.#mark = mark
    this.desk = desk
    this.kills = new KillMarks(now)
    this.released = new ImplicitRuns({ runs: desk, kills: this.kills, failed })
    this.resumes = new ResumeInPlace({ store, desk, calls, log, now, newId })
  }

  static async start(parts: HubLifeParts): Promise<HubLife> {
    const mark = { dead: false }
    const isDead = (): boolean => mark.dead
    const store = mortal(parts.store, isDead)
    const calls = mortal(parts.calls, isDead)
    const { now, failed } = parts
    const desk = await RunDesk.open({ store, log: logOf(failed), leaseMs: LEASE_MS, elapsed: now })
    return new HubLife(desk, { ...parts, store, calls }, mark)
  }

  get isDead(): boolean {
    return this.#mark.dead
  }

  kill(): void {
    this.#mark.dead = true
  }
}

function logOf(failed: (error: unknown) => void): Log {
  return { debug: nothing, info: nothing, warn: nothing, error: (_message, error) => failed(error) }
}
