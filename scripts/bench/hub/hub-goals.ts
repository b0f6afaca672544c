import type { Unit } from '../figure.ts'
import type { Goal } from '../goal.ts'
import { counted, runtimeName } from '../groups.ts'
import type { Runtime } from '../variant.ts'
import { readName } from './hub-reads.ts'
import { idleName } from './run-idle.ts'
import { startName } from './start-sections.ts'
import {
  OF_ACK_ONLY,
  OF_PEER,
  OF_SMALL,
  patchName,
  replaceName,
  storedName,
  storedWord,
} from './write-groups.ts'

/** What the goals are about, whatever a quick run looks at. */
export const MANY_SESSIONS = 1_000_000
export const FEW_SESSIONS = 1_000
export const MANY_SOCKETS = 10_000

/** How fast the hub is meant to be. */
export function hubGoals(runtimes: readonly Runtime[]): readonly Goal[] {
  return [...runtimes.flatMap(writeGoals), ...storedGoals(), ...runtimes.flatMap(restingGoals)]
}

interface Marks {
  readonly floor: number
  readonly aim: number
}

/** Of one figure against another. */
interface Comparison extends Marks {
  readonly figure: string
  readonly ratio: string
}

function atLeast(what: string, comparison: Comparison): Goal {
  return { what, ...comparison, better: 'higher' }
}

function atMost(what: string, figure: string, unit: Unit, marks: Marks): Goal {
  return { what, figure, ratio: null, unit, ...marks, better: 'lower' }
}

function writeGoals(runtime: Runtime): Goal[] {
  const on = runtimeName(runtime)
  const patch = (kilobytes: number, ratio: string, marks: Marks): Comparison => ({
    figure: patchName(kilobytes, runtime),
    ratio,
    ...marks,
  })
  const replace = { ratio: OF_PEER, floor: 1.2, aim: 2 }
  return [
    atLeast(`patch-metadata against acks only, ${on}`, patch(2, OF_ACK_ONLY, { floor: 0.4, aim: 0.6 })),
    atLeast(`patch-metadata against the peer hub, 2 KB, ${on}`, patch(2, OF_PEER, { floor: 5, aim: 8 })),
    atLeast(`patch-metadata against the peer hub, 50 KB, ${on}`, patch(50, OF_PEER, { floor: 12, aim: 20 })),
    ...[2, 50].map((kilobytes) =>
      atLeast(`update-metadata against the peer hub, ${kilobytes} KB, ${on}`, {
        figure: replaceName(kilobytes, runtime),
        ...replace,
      }),
    ),
    atLeast(`patch-metadata, 500 KB against 2 KB, ${on}`, patch(500, OF_SMALL, { floor: 0.8, aim: 0.95 })),
  ]
}

function storedGoals(): Goal[] {
  const what = `patch-metadata with ${counted(MANY_SESSIONS)} sessions against ${counted(FEW_SESSIONS)}`
  const ratio = storedWord(FEW_SESSIONS)
  const figureOf = (spread: 'own' | 'even'): string => storedName(MANY_SESSIONS, spread)
  return [
    atLeast(`${what}, 64 hot`, { figure: figureOf('own'), ratio, floor: 0.8, aim: 0.95 }),
    atLeast(`${what}, spread evenly`, { figure: figureOf('even'), ratio, floor: 0.35, aim: 0.6 }),
  ]
}

function restingGoals(runtime: Runtime): Goal[] {
  const on = runtimeName(runtime)
  return [
    atMost(`start to ready with ${counted(MANY_SESSIONS)} sessions, ${on}`, startName(runtime), 's', {
      floor: 2,
      aim: 0.5,
    }),
    atMost(`first page of ${counted(MANY_SESSIONS)} sessions, ${on}`, readName('page', runtime), 'ms', {
      floor: 50,
      aim: 10,
    }),
    atMost(`census of ${counted(MANY_SESSIONS)} sessions, ${on}`, readName('census', runtime), 'ms', {
      floor: 100,
      aim: 10,
    }),
    atMost(
      `memory of an idle socket, ${counted(MANY_SOCKETS)} of them, ${on}`,
      idleName(MANY_SOCKETS, runtime),
      'KB',
      { floor: 40, aim: 20 },
    ),
  ]
}
