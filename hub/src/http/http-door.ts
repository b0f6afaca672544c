import type { Admission } from '../auth/admission.ts'
import type { Devices } from '../auth/devices.ts'
import type { Gate } from '../auth/gate.ts'
import type { LoginCookies } from '../auth/login-cookies.ts'
import type { Calls } from '../live/calls.ts'
import type { Presence } from '../live/presence.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { KillMarks } from '../runs/kill-marks.ts'
import type { RunDesk } from '../runs/run-desk.ts'
import type { ResumeInPlace } from '../runs/resume-in-place.ts'
import type { Store } from '../store/store.ts'

export interface HttpDoorParts {
  readonly store: Store
  readonly gate: Gate
  readonly logins: LoginCookies
  readonly admission: Admission
  readonly devices: Devices
  readonly presence: Presence
  readonly calls: Calls
  readonly runs: RunDesk
  /** Hears of every end that somebody asks for. */
  readonly kills: KillMarks
  readonly resumes: ResumeInPlace
  /** What `/metrics` shows; the door adds what it counts itself. */
  readonly metrics: Metrics
  readonly log: Log
  readonly now: () => number
  /** True once the hub has begun to shut down. */
  readonly isShuttingDown: () => boolean
}

/** Answers one request; the address is the peer's, as the runtime knows it. It never rejects. */
export type HttpDoor = (request: Request, address: string) => Promise<Response>
