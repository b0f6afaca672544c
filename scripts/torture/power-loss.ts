import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Bench, Layout } from './bench.ts'
import { launch } from './child-process.ts'
import { diskEvents, type DiskEvent } from './disk-events.ts'
import { SimulatedDisk } from './disk-image.ts'
import { floor, mergeReports, type Finding, type Report } from './finding.ts'
import { makeMutantLayout } from './layout.ts'
import { synchronousNormal } from './mutant-list.ts'
import { below, chance, mixSeeds, seeded, type Random } from './random.ts'
import type { Runtime } from './runtimes.ts'
import { needsTracer, type Scenario } from './scenario.ts'
import { parseTrace } from './strace.ts'
import type { WriterSettings } from './writer.ts'

/** The power goes at a random moment: what was not synced is gone, or half there, and nothing acknowledged is missing. */
export const powerLoss: Scenario = {
  name: 'power-loss',
  obstacle: needsTracer,
  async run(bench, trial) {
    const images = trial.reduced ? SIGHT_IMAGES : bench.scale(150, 5000)
    const lanes = trial.runtimes.map((runtime) =>
      loseRepeatedly(bench, { layout: trial.layout, runtime, images }),
    )
    const reports = await Promise.all(lanes)
    const blind = trial.reduced ? [] : await Promise.all(trial.runtimes.map((r) => proveSight(bench, r)))
    return mergeReports([...reports, ...blind])
  },
}

/** A trace is expensive, images are cheap: so many of them are made from one. */
const IMAGES_PER_TRACE = 250
/** Enough to see the losses of a build that does not wait for the disk: it loses in most of them. */
const SIGHT_IMAGES = 15
const WRITERS = 8
const OPERATIONS = 20
const CYCLES = 2
const TRACED =
  'openat,pwrite64,write,fsync,fdatasync,ftruncate,close,unlink,unlinkat,rename,renameat,renameat2'

interface Lane {
  readonly layout: Layout
  readonly runtime: Runtime
  readonly images: number
}

/** The same on a build that does not wait for the disk must lose something, or these images could not show a loss. */
async function proveSight(bench: Bench, runtime: Runtime): Promise<Report> {
  const layout = makeMutantLayout(bench, synchronousNormal)
  const { counts, findings } = await loseRepeatedly(bench, { layout, runtime, images: SIGHT_IMAGES })
  const losses = findings.filter(({ kind }) => kind === 'lost').length
  rmSync(dirname(layout.programs), { recursive: true, force: true })
  bench.progress(`power-loss on ${runtime.name}: without waiting for the disk, ${losses} losses are seen`)
  const what = `on ${runtime.name}, a store that does not wait for the disk lost nothing in ${counts['images']} images: the harness is blind`
  return {
    counts: { counterproofImages: counts['images'] ?? 0 },
    findings: losses > 0 ? [] : [{ kind: 'harness', what }],
  }
}

async function loseRepeatedly(bench: Bench, lane: Lane): Promise<Report> {
  const reports: Report[] = []
  for (let left = lane.images, trace = 0; left > 0; left -= IMAGES_PER_TRACE, trace += 1) {
    reports.push(await traceAndLose(bench, lane, { trace, images: Math.min(left, IMAGES_PER_TRACE) }))
    if (reports.some(({ findings }) => findings.length > 20)) break
    const done = lane.images - Math.max(0, left - IMAGES_PER_TRACE)
    bench.progress(
      `power-loss on ${lane.runtime.name} (${lane.layout.name}): ${done} of ${lane.images} images`,
    )
  }
  const { counts, findings } = mergeReports(reports)
  return {
    counts,
    findings: [
      ...findings,
      ...floor('images', counts['images'] ?? 0, Math.min(lane.images, 10)),
      ...floor('acks before a power loss', counts['acks'] ?? 0, (counts['images'] ?? 0) * 20),
    ],
  }
}

async function traceAndLose(
  bench: Bench,
  lane: Lane,
  { trace, images }: { trace: number; images: number },
): Promise<Report> {
  const random = seeded(mixSeeds(bench.seed, trace, lane.runtime.name.length, 3))
  const folder = bench.newFolder('trace')
  const events = await record(bench, lane, { folder, seed: mixSeeds(bench.seed, trace, 4) })
  rmSync(folder, { recursive: true, force: true })
  const first = events.findIndex((event) => event.kind === 'said' && event.text.includes('"e":"ack"'))
  if (first < 0) return { counts: {}, findings: [{ kind: 'harness', what: 'nothing was acknowledged' }] }
  const cuts = Array.from(
    { length: images },
    () => first + 1 + below(random, events.length - first),
  ).toSorted((left, right) => left - right)
  const disk = new SimulatedDisk()
  let said = ''
  let at = 0
  const reports: Report[] = []
  for (const [index, cut] of cuts.entries()) {
    for (const event of events.slice(at, cut)) {
      disk.apply(event)
      if (event.kind === 'said') said += event.text
    }
    at = cut
    reports.push(await checkImage(bench, lane.runtime, { disk, said, random, index }))
  }
  return mergeReports(reports)
}

async function record(
  bench: Bench,
  lane: Lane,
  { folder, seed }: { folder: string; seed: number },
): Promise<DiskEvent[]> {
  const data = join(folder, 'data')
  mkdirSync(data)
  const settings: WriterSettings = {
    database: join(data, 'holdfast.db'),
    workload: { seed, run: `${lane.runtime.name}-p`, writers: WRITERS, operations: OPERATIONS },
    checkpointPages: 60,
    cycles: CYCLES,
    lifetimeMs: 60_000,
  }
  const trace = join(folder, 'trace')
  const tracer = ['strace', '-f', '--seccomp-bpf', '-qq', '-xx', '-s', '200000', '-o', trace]
  const command = bench.command(lane.runtime, lane.layout, 'writer', settings)
  const ended = await launch([...tracer, '-e', `trace=${TRACED}`, ...command], {
    logFile: join(folder, 'writer.log'),
    lifetimeMs: 90_000,
  }).ended
  if (ended.code !== 0) throw new Error(`the traced writer failed (${ended.code}): ${ended.stderr}`)
  return diskEvents(parseTrace(readFileSync(trace, 'latin1')), data)
}

interface Cut {
  readonly disk: SimulatedDisk
  readonly said: string
  readonly random: Random
  readonly index: number
}

async function checkImage(bench: Bench, runtime: Runtime, cut: Cut): Promise<Report> {
  const folder = bench.newFolder('image')
  const image = cut.disk.loseWrites(cut.random)
  // The mark adds a check of its own at the start; without it, what is missing must show by itself.
  const withMark = chance(cut.random, 0.5)
  for (const name of ['holdfast.db', 'holdfast.db-wal']) {
    const bytes = image.get(name)
    if (bytes !== undefined) writeFileSync(join(folder, name), bytes, { mode: 0o600 })
  }
  const mark = image.get('holdfast.db.mark')
  if (withMark && mark !== undefined) writeFileSync(join(folder, 'holdfast.db.mark'), mark, { mode: 0o600 })
  const log = join(folder, 'said.log')
  writeFileSync(log, cut.said)
  const result = await bench.checker(runtime).check({
    database: join(folder, 'holdfast.db'),
    logs: [log],
    ownLog: join(folder, 'checker.log'),
    seed: cut.index,
    repeats: 5,
  })
  rmSync(folder, { recursive: true, force: true })
  const findings = result.findings.map(({ kind, what }): Finding => ({
    kind,
    what: `${runtime.name}, image ${cut.index}: ${what}`,
  }))
  return { counts: { images: 1, acks: result.acks }, findings }
}
