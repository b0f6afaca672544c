import type { BenchRoom } from './bench-room.ts'
import { BenchChild } from './child-process.ts'
import type { Figure, Section } from './figure.ts'
import { counted, runtimeName } from './groups.ts'
import type { Paged, Started } from './start-child.ts'
import { spreadOf } from './statistics.ts'
import type { About, Runtime } from './variant.ts'

const STARTS = 5

interface Start extends Started {
  readonly about: About
}

interface Starts {
  readonly starts: Start[]
  pages: readonly number[]
}

/** A fresh process each time; it is ended hard, because it may still be looking through the file. */
async function startOnce(
  command: string,
  database: string,
  pages: boolean,
): Promise<{ start: Start; pages: readonly number[] }> {
  const child = new BenchChild(command, 'start-child.js', { database })
  const started = await child.hear<Started>()
  const about = await child.hear<About>()
  const paged = pages ? await child.ask<Paged>('pages') : { pagesMs: [] }
  await child.kill()
  return { start: { ...started, about }, pages: paged.pagesMs }
}

export async function runStart(
  room: BenchRoom,
  runtimes: readonly Runtime[],
  sessions: number,
): Promise<{ sections: readonly Section[]; abouts: readonly About[] }> {
  const database = await room.filled(sessions)
  const all = new Map<Runtime, Starts>(runtimes.map((runtime) => [runtime, { starts: [], pages: [] }]))
  for (let at = 1; at <= STARTS; at += 1) {
    room.tell(`start: ${at} of ${STARTS}`)
    for (const [runtime, made] of all) {
      const one = await startOnce(room.command(runtime), database, at === STARTS)
      made.starts.push(one.start)
      made.pages = one.pages
    }
  }
  const many = counted(sessions)
  const startSection: Section = {
    title: `Start with ${many} sessions`,
    about: `A fresh process opens the store and reads the first page of 50 sessions, ${STARTS} times; the file is in the cache of the operating system.`,
    figures: [...all].flatMap(([runtime, { starts }]) => startFigures(runtime, starts)),
  }
  const pageSection: Section = {
    title: `First page with ${many} sessions`,
    about:
      'The newest 50 sessions, read 200 times once the check of the file that follows a start is over: the median, of five such lots.',
    figures: [...all].map(([runtime, { pages }]) => millis('First page', runtime, pages)),
  }
  return {
    sections: [startSection, pageSection],
    abouts: [...all.values()].flatMap(({ starts }) => starts.map((start) => start.about)),
  }
}

function startFigures(runtime: Runtime, starts: readonly Start[]): Figure[] {
  const open = starts.map((start) => start.openMs)
  const whole = starts.map((start) => start.processMs)
  return [millis('Open to first page', runtime, open), millis('Process start to first page', runtime, whole)]
}

function millis(name: string, runtime: Runtime, values: readonly number[]): Figure {
  return {
    name: `${name}, ${runtimeName(runtime)}`,
    block: runtime,
    unit: 'ms',
    value: spreadOf(values),
    cpuMicros: null,
    ratios: [],
    family: 'holdfast',
  }
}
