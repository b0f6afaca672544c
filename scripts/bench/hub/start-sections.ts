import type { CensusTime, CensusTimes } from '../census-child.ts'
import type { Figure, Section, Unit } from '../figure.ts'
import { counted, runtimeName } from '../groups.ts'
import { spreadOf } from '../statistics.ts'
import type { Runtime } from '../variant.ts'
import { PAGE, readName, READS, type ReadKind, type ReadTimes } from './hub-reads.ts'
import { CHANGES } from './run-census.ts'

export const STARTS = 5

/** What was measured of one runtime's hub over many sessions. */
export interface Measured {
  readonly runtime: Runtime
  readonly seconds: readonly number[]
  readonly reads: ReadTimes
  readonly census: CensusTimes
}

export function startName(runtime: Runtime): string {
  return `Spawn to ready, ${runtimeName(runtime)}`
}

export function startSections(all: readonly Measured[], sessions: number): readonly Section[] {
  const many = counted(sessions)
  return [
    {
      title: `Start of the hub with ${many} sessions`,
      about: `From the start of the process until GET /readyz answers 200, which takes a write of the store, ${STARTS} times; the file is in the cache of the operating system, and the hub before was killed.`,
      figures: all.map(({ runtime, seconds }) =>
        figure({ name: startName(runtime), block: 's', unit: 's' }, seconds),
      ),
    },
    {
      title: `First page of ${many} sessions`,
      about: `GET /api/sessions?limit=${PAGE}, ${READS.each} times one after the other once what follows a start is over: the median, of some such lots. The same with &verdict=, for the class of most sessions and for one that a session in fifty is in: of such a class the newest 2,000 are looked at, and the page is short.`,
      figures: (['page', 'common', 'rare'] as const).flatMap((kind) => readFigures(all, kind)),
    },
    {
      title: `Census of ${many} sessions`,
      about: `GET /api/census, all its pages, ${READS.each} times as above: every session by agent, machine, class and reason. Beside it two ways to have it in SQL alone: the table of counts that the hub reads, kept by triggers, and the sessions grouped over an index that covers it, which the hub does not have.`,
      figures: [...readFigures(all, 'census'), ...all.flatMap(countedFigures)],
    },
    {
      title: `${counted(CHANGES)} other verdicts among ${many} sessions`,
      about: `What keeps a census ready costs the writes that change a verdict, as claims and ends of runs do: ${counted(CHANGES)} sessions from all over the table get another one in one durable transaction, in SQL alone; the processor time is that of one change. A write that changes no verdict, as most patches, sets off none of it.`,
      figures: all.flatMap(changeFigures),
    },
  ]
}

function readFigures(all: readonly Measured[], kind: ReadKind): Figure[] {
  return all.map(({ runtime, reads }) =>
    figure({ name: readName(kind, runtime), block: kind, unit: 'ms' }, reads[kind]),
  )
}

function countedFigures({ runtime, census: { counts, grouped } }: Measured): Figure[] {
  const on = { block: `${runtime} in SQL`, unit: 'ms' } as const
  const name = runtimeName(runtime)
  return [
    censusFigure({ ...on, name: `Table of counts, ${name}` }, counts),
    censusFigure({ ...on, name: `Grouped over an index, ${name}`, family: 'index' }, grouped),
  ]
}

function changeFigures({ runtime, census: { changes } }: Measured): Figure[] {
  const on = { block: runtime, unit: 'ms' } as const
  const name = runtimeName(runtime)
  return [
    censusFigure({ ...on, name: `No census, ${name}`, family: 'bare' }, changes.nothing),
    censusFigure({ ...on, name: `Triggers that count, ${name}` }, changes.triggers),
    censusFigure({ ...on, name: `An index to group over, ${name}`, family: 'index' }, changes.index),
  ]
}

interface Named {
  readonly name: string
  readonly block: string
  readonly unit: Unit
  readonly family?: Figure['family']
}

function censusFigure(named: Named, { milliseconds, cpuMicros }: CensusTime): Figure {
  return { ...figure(named, milliseconds), cpuMicros }
}

function figure({ name, block, unit, family = 'holdfast' }: Named, values: readonly number[]): Figure {
  return { name, block, unit, value: spreadOf(values), cpuMicros: null, ratios: [], family }
}
