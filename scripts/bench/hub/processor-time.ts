import type { Figure } from '../figure.ts'
import { median } from '../statistics.ts'
import { allOf } from './process-use.ts'
import type { Work } from './work-meter.ts'

/** A round, as far as it tells how hard everybody worked. */
export interface Worked {
  /** What the server's work is reckoned to. */
  readonly count: number
  readonly seconds: number
  readonly work: Work
}

/** The processor time of each, and how busy both ends and all others were; nothing where the system does not tell. */
export function processorTime(rounds: readonly Worked[]): Pick<Figure, 'cpuMicros' | 'busy'> {
  const told = rounds.flatMap(({ count, seconds, work: { server, load, machineMicros } }) => {
    if (server === null) return []
    const others = Math.max(0, machineMicros - allOf(server) - allOf(load))
    return [{ count, seconds, server, load: allOf(load), others }]
  })
  if (told.length < rounds.length) return { cpuMicros: null }
  return {
    cpuMicros: {
      user: median(told.map(({ server, count }) => server.userMicros / count)),
      system: median(told.map(({ server, count }) => server.systemMicros / count)),
    },
    busy: {
      server: median(told.map(({ server, seconds }) => share(allOf(server), seconds))),
      load: median(told.map(({ load, seconds }) => share(load, seconds))),
      others: median(told.map(({ others, seconds }) => share(others, seconds))),
    },
  }
}

/** Of one core. */
function share(micros: number, seconds: number): number {
  return micros / 1e6 / seconds
}
