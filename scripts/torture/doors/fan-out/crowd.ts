import { mixSeeds, seeded } from '../../random.ts'
import { pause } from '../pause.ts'
import { KEPT_ENTRIES } from './brief-hub.ts'
import { FanOutWatcher, type WatcherParts } from './fan-out-watcher.ts'
import { FaultyFrames, FRAME_FAULTS, type FrameFault } from './faulty-frames.ts'

export interface CrowdParts extends Omit<WatcherParts, 'name' | 'frames' | 'rest'> {
  readonly seed: number
  readonly goesOn: () => boolean
}

const WATCHERS = 100
/** Of so many one stays away, whenever its connection ends, until what it missed is pruned. */
const SLEEPS_ONE_IN = 10
const MISSED = 2 * KEPT_ENTRIES
/** Writers wait while most of those that are there are further behind: the feed is to be followed, not to be outrun. */
const MOST_BEHIND = 40
const FAULT_RATE = 0.05
const LOOK_MS = 5
/** So long without one change taken in anywhere is a standstill. */
const STANDSTILL_MS = 30_000

/** A hundred watchers in every kind of trouble. */
export class Crowd {
  readonly watchers: readonly FanOutWatcher[]
  readonly #frames: readonly FaultyFrames[]
  readonly #parts: CrowdParts
  readonly #running: readonly Promise<void>[]
  #isCalm = false
  #slept = 0

  /** Everybody begins to watch at once. */
  constructor(parts: CrowdParts) {
    this.#parts = parts
    const indexes = Array.from({ length: WATCHERS }, (_, index) => index)
    this.#frames = indexes.map(
      (index) => new FaultyFrames(seeded(mixSeeds(parts.seed, index, 13)), FAULT_RATE),
    )
    this.watchers = this.#frames.map((frames, index) => {
      const sleeps = index % SLEEPS_ONE_IN === 0
      const rest = (seq: number) => (sleeps && seq > 0 ? this.#sleep(seq) : Promise.resolve())
      return new FanOutWatcher({ ...parts, name: `watcher ${index}`, frames, rest })
    })
    this.#running = this.watchers.map((watcher) => watcher.run())
  }

  /** Waits until most of those that are there are near the head. */
  async keepsUp(): Promise<void> {
    await this.#until('most watchers are near the head', () => {
      const awake = this.watchers.filter(({ isResting }) => !isResting)
      const behind = awake.filter(({ seq }) => this.#parts.book.writes - seq > MOST_BEHIND)
      return behind.length <= awake.length / 2
    })
  }

  /** From here on nothing happens to messages, and everybody is there. */
  calm(): void {
    this.#isCalm = true
    for (const frames of this.#frames) frames.isFaulty = false
  }

  /** Waits until everybody has taken in everything that is written. */
  async converges(): Promise<void> {
    const { book } = this.#parts
    await this.#until('everybody is at the head', () => this.watchers.every(({ seq }) => seq >= book.writes))
    for (const { name, seq } of this.watchers)
      if (seq > book.writes)
        this.#parts.find('ghost', `${name} is at seq ${seq}, and only ${book.writes} writes were made`)
  }

  async close(): Promise<void> {
    this.#isCalm = true
    for (const watcher of this.watchers) watcher.end()
    await Promise.all(this.#running)
  }

  get faults(): { readonly [fault in FrameFault]: number } {
    const sums = { lost: 0, unheard: 0, twice: 0, late: 0, cutBefore: 0, cutAfter: 0 }
    for (const { counts } of this.#frames)
      for (const fault of FRAME_FAULTS) sums[fault] += counts.get(fault) ?? 0
    return sums
  }

  get counts(): FanOutWatcher['counts'] & { slept: number } {
    const sum = { taken: 0, repeats: 0, gaps: 0, resyncs: 0, connections: 0, slept: this.#slept }
    for (const { counts } of this.watchers)
      for (const name of ['taken', 'repeats', 'gaps', 'resyncs', 'connections'] as const)
        sum[name] += counts[name]
    return sum
  }

  async #sleep(seq: number): Promise<void> {
    const { book, goesOn } = this.#parts
    while (!this.#isCalm && goesOn() && book.writes < seq + MISSED) await pause(LOOK_MS)
    if (!this.#isCalm) this.#slept += 1
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const { find, goesOn, book } = this.#parts
    let { taken } = this.counts
    let end = Date.now() + STANDSTILL_MS
    while (goesOn() && !holds()) {
      await pause(LOOK_MS)
      const now = this.counts.taken + this.counts.resyncs
      if (now !== taken) end = Date.now() + STANDSTILL_MS
      taken = now
      if (Date.now() < end) continue
      const behind = this.watchers.filter(({ seq }) => seq < book.writes)
      const who = behind.slice(0, 5).map(({ name, seq }) => `${name} at ${seq}`)
      find(
        'hang',
        `never: ${what}; ${behind.length} are behind the head ${book.writes}, as ${who.join(', ')}`,
      )
    }
  }
}
