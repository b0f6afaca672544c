import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BatchSettings } from './batch-writer.ts'
import type { Bench } from './bench.ts'
import { launch, type Ended } from './child-process.ts'
import { floor, mergeReports, type Finding, type Report } from './finding.ts'
import type { Runtime } from './runtimes.ts'
import { needsTracer, type Scenario, type Trial } from './scenario.ts'
import { countCalls, parseTrace } from './strace.ts'
import { parseLog } from './write-log.ts'

/** A hub is killed at every system call that changes its files: each batch is there whole, or not at all. */
export const crashPoints: Scenario = {
  name: 'crash-points',
  obstacle: needsTracer,
  async run(bench, trial) {
    // In the short run, on Node alone: where the calls come from is the same library.
    const runtimes =
      bench.long || trial.reduced ? trial.runtimes : trial.runtimes.filter((_, index) => index === 0)
    return mergeReports(await Promise.all(runtimes.map((runtime) => explore(bench, trial, runtime))))
  },
}

const CALLS = ['pwrite64', 'fdatasync', 'fsync', 'ftruncate'] as const
const BATCHES = 20
/** At once on one runtime; the others wait for the disk meanwhile. */
const LANES = 2
const LEAST_ACKS_PER_POINT = 10

interface Point {
  readonly call: string
  readonly nth: number
}

async function explore(bench: Bench, trial: Trial, runtime: Runtime): Promise<Report> {
  const all = await allPoints(bench, trial, runtime)
  const every = trial.reduced ? Math.ceil(all.length / 12) : bench.scale(6, 1)
  const points = all.filter((_, index) => index % every === bench.seed % every)
  const queue = [...points.entries()]
  const reports: Report[] = []
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, point] = next
      reports.push(await crashAt(bench, { trial, runtime, point, index }))
      if ((index + 1) % 25 === 0)
        bench.progress(`crash-points on ${runtime.name}: ${index + 1} of ${points.length}`)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const { counts, findings } = mergeReports(reports)
  const unreached = counts['unreached'] ?? 0
  return {
    counts: { ...counts, points: points.length - unreached, unreached },
    findings: [
      ...findings,
      ...floor('points', points.length - unreached, Math.max(1, Math.ceil(points.length * 0.9))),
      ...floor('acks', counts['acks'] ?? 0, points.length * LEAST_ACKS_PER_POINT),
    ],
  }
}

/** How many calls the run makes, by making it once without a kill. */
async function allPoints(bench: Bench, trial: Trial, runtime: Runtime): Promise<Point[]> {
  const folder = bench.newFolder('count')
  const trace = join(folder, 'trace')
  const run = runBatches(bench, {
    trial,
    runtime,
    folder,
    tracer: ['-o', trace, '-e', `trace=${CALLS.join()}`],
  })
  const ended = await run
  if (ended.code !== 0) throw new Error(`the run to be killed does not even end well: ${ended.stderr}`)
  const counts = countCalls(parseTrace(readFileSync(trace, 'latin1')), CALLS)
  return CALLS.flatMap((call) =>
    Array.from({ length: counts.get(call) ?? 0 }, (_, index) => ({ call, nth: index + 1 })),
  )
}

interface BatchRun {
  readonly trial: Trial
  readonly runtime: Runtime
  readonly folder: string
  readonly tracer: readonly string[]
}

function runBatches(bench: Bench, { trial, runtime, folder, tracer }: BatchRun): Promise<Ended> {
  const settings: BatchSettings = {
    database: join(folder, 'holdfast.db'),
    batches: BATCHES,
    run: runtime.name,
  }
  const command = bench.command(runtime, trial.layout, 'batch-writer', settings)
  // Not by way of a seccomp filter: from there, the tracer can inject errors, but no signals.
  const traced = ['strace', '-f', '-qq', ...tracer, ...command]
  return launch(traced, { logFile: join(folder, 'writer.log'), lifetimeMs: 60_000 }).ended
}

async function crashAt(
  bench: Bench,
  at: { trial: Trial; runtime: Runtime; point: Point; index: number },
): Promise<Report> {
  const { trial, runtime, point, index } = at
  const folder = bench.newFolder('crash')
  const { call, nth } = point
  const tracer = ['-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${nth}`]
  const ended = await runBatches(bench, { trial, runtime, folder, tracer })
  const log = join(folder, 'writer.log')
  const events = parseLog(readFileSync(log, 'utf8'))
  const findings: Finding[] = []
  const unreached = events.some((event) => event.e === 'end') ? 1 : 0
  if (ended.outlived) findings.push({ kind: 'hang', what: `killed at ${call} ${nth}, the run never ended` })
  const result = await bench.checker(runtime).check({
    database: join(folder, 'holdfast.db'),
    logs: [log],
    ownLog: join(folder, 'checker.log'),
    seed: index,
    repeats: 5,
  })
  rmSync(folder, { recursive: true, force: true })
  const found = [...findings, ...result.findings].map(({ kind, what }) => ({
    kind,
    what: `${runtime.name} killed at ${call} ${nth}: ${what}`,
  }))
  return { counts: { acks: result.acks, repeated: result.repeated, unreached }, findings: found }
}
