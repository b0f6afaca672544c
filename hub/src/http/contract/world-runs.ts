import type { RunRecord } from '@holdfast/shared/records/run'
import type { ClaimRun } from '../../store/run-store.ts'
import { RESUME_TOKEN, type DoorWorld } from './door-world.ts'

const BY = { namespace: 'default', actor: { door: 'http' } } as const

/** What agents' programs do in a world, past its door. */
export class WorldRuns {
  readonly #store: DoorWorld['store']

  constructor({ store }: DoorWorld) {
    this.#store = store
  }

  /** Claims the session of this tag; it is made where there is none. */
  async claim(key: string, more: Partial<ClaimRun> = {}): Promise<RunRecord> {
    const where = { flavor: 'claude', machineId: 'm1', runtimeId: 'rt1', directory: '/work' }
    const claimed = await this.#store.claimRun({ ...BY, key, ...where, intent: 'auto', ...more })
    if (claimed.kind !== 'claimed') throw new Error(`The claim was answered with ${claimed.kind}.`)
    return claimed.run
  }

  /** What a released client opens by being alive in a session. */
  async implicit(session: string): Promise<RunRecord> {
    const opened = await this.#store.openImplicitRun({ ...BY, session, continues: null })
    if (opened.kind !== 'run') throw new Error(`The run was answered with ${opened.kind}.`)
    return opened.run
  }

  async end({ id }: RunRecord, outcome: 'success' | 'interrupted', reason?: string): Promise<void> {
    const runs = [{ namespace: 'default', run: id }]
    await this.#store.endRuns({ runs, outcome, endedBy: 'client', reason })
  }

  /** A session of which everything is known and nothing speaks against a resume; gives its id. */
  async wellEnded(key: string, token = RESUME_TOKEN): Promise<string> {
    const { id: run, session } = await this.claim(key)
    await this.#store.reportToken({ ...BY, run, token, state: 'confirmed', transcript: 'present' })
    await this.#store.completeRun({ ...BY, run, outcome: 'success' })
    const seen = { flavor: 'claude', token, transcript: { state: 'present', because: null } } as const
    await this.#store.noteEvidence({ ...BY, session, ...seen, directory: 'present' })
    return session
  }
}
