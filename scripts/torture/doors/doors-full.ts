import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { launch } from '../child-process.ts'
import { floor, mergeReports, type Report } from '../finding.ts'
import { mixSeeds } from '../random.ts'
import type { Runtime } from '../runtimes.ts'
import type { Scenario, Trial } from '../scenario.ts'
import type { DoorsFullSettings } from './doors-full-run.ts'

/**
 * The disk of a whole hub is full, its log's too: writes are refused as such over sockets and HTTP, reads work, it says
 * that it is not ready, and with space again it goes on by itself.
 */
export const doorsFull: Scenario = {
  name: 'doors-full',
  obstacle: (bench) => (bench.mounts === null ? 'a small file system can not be mounted here' : null),
  async run(bench, trial) {
    const times = trial.reduced ? 1 : bench.scale(1, 10)
    const lanes = trial.runtimes.map(async (runtime) => {
      const reports: Report[] = []
      for (let time = 0; time < times; time += 1)
        reports.push(await fillOnce(bench, { trial, runtime, time }))
      return mergeReports(reports)
    })
    const report = mergeReports(await Promise.all(lanes))
    const { acks = 0, refusals = 0, heals = 0 } = report.counts
    const runs = times * trial.runtimes.length
    if (report.findings.length > 0) return report
    return {
      ...report,
      findings: [
        ...floor('acks', acks, runs * 20),
        ...floor('refusals', refusals, runs * ROUNDS * 5),
        ...floor('heals', heals, runs * ROUNDS),
      ],
    }
  },
}

const ROUNDS = 3
const MOUNT = 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"'

interface Time {
  readonly trial: Trial
  readonly runtime: Runtime
  readonly time: number
}

async function fillOnce(bench: Bench, { trial, runtime, time }: Time): Promise<Report> {
  const folder = bench.newFolder('doors-full')
  const outside = bench.newFolder('doors-full-log')
  const result = join(outside, 'report.json')
  const settings: DoorsFullSettings = {
    runtime,
    program: trial.layout.hub,
    folder,
    result,
    seed: mixSeeds(bench.seed, time, runtime.name.length),
    rounds: ROUNDS,
  }
  const command = bench.command(runtime, trial.layout, 'doors/doors-full-run', settings)
  const mounted = [...(bench.mounts ?? []), 'sh', '-c', MOUNT, folder, ...command]
  const ended = await launch(mounted, { logFile: join(outside, 'log'), lifetimeMs: 90_000 }).ended
  const report = existsSync(result) ? (JSON.parse(readFileSync(result, 'utf8')) as Report) : null
  rmSync(outside, { recursive: true, force: true })
  const where = `on ${runtime.name}: `
  if (report === null) {
    const what = `${where}the hub did not come through (${ended.signal ?? ended.code}): ${ended.stderr}`
    return { counts: {}, findings: [{ kind: 'full-disk', what }] }
  }
  return { ...report, findings: report.findings.map(({ kind, what }) => ({ kind, what: where + what })) }
}
