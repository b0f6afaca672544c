import type { Bench } from '../bench.ts'
import { floor, mergeReports, type Finding, type Report } from '../finding.ts'
import { between } from '../random.ts'
import type { Runtime } from '../runtimes.ts'
import { needsNothing, type Scenario, type Trial } from '../scenario.ts'
import type { Crew } from './crew.ts'
import { DoorLane } from './door-lane.ts'
import type { HubProcess } from './hub-process.ts'
import { pause } from './pause.ts'

/** The hub is told to end while clients write through its doors: it answers what it took, and goes with exit code 0. */
export const doorsTerm: Scenario = {
  name: 'doors-term',
  obstacle: needsNothing,
  async run(bench, trial) {
    const rounds = trial.reduced ? 2 : bench.scale(5, 100)
    const lanes = trial.runtimes.map((runtime) => endOften(bench, trial, { runtime, rounds }))
    return mergeReports(await Promise.all(lanes))
  },
}

/** A home is used for so many rounds before a new one takes its place. */
const ROUNDS_PER_HOME = 10
const SIZE = { clients: 64, sessions: 16, calls: 3 }
const FLOWING = 50
const FLOWING_MS = 30_000
/** It must be gone in five seconds; a machine that is busy with other things is given three more. */
const GONE_MS = 8000
/** Of the calls that were under way, so many end with an answer, or with the connection. */
const LEAST_ENDED = 0.99
/** Of the writes that the hub carried out, so few may go without their answer. */
const MOST_UNANSWERED = 0.005
const LEAST_ACKS_PER_ROUND = 60
const LEAST_UNDER_WAY = 20

interface Tally {
  underWay: number
  answered: number
  silent: number
  unanswered: number
  slowestMs: number
}

async function endOften(
  bench: Bench,
  trial: Trial,
  { runtime, rounds }: { runtime: Runtime; rounds: number },
): Promise<Report> {
  const reports: Report[] = []
  const tally: Tally = { underWay: 0, answered: 0, silent: 0, unanswered: 0, slowestMs: 0 }
  let done = 0
  while (done < rounds && reports.every(({ findings }) => findings.length === 0)) {
    const some = Math.min(ROUNDS_PER_HOME, rounds - done)
    const lane = await DoorLane.open(bench, { trial, runtime, name: `doors-term-${done}` })
    reports.push(await endHome(lane, some, tally))
    done += some
    const { underWay, answered, unanswered } = tally
    bench.progress(
      `doors-term on ${runtime.name}: ${done} of ${rounds}, ${answered} of ${underWay} calls answered, ${unanswered} carried out without an answer`,
    )
  }
  const { slowestMs, silent: _, ...numbers } = tally
  const { counts, findings } = mergeReports(reports)
  return {
    counts: { ...counts, ...numbers, [`slowest end in ms on ${runtime.name}`]: slowestMs },
    findings: findings.length > 0 ? findings : judge(counts['acks'] ?? 0, done, tally),
  }
}

async function endHome(lane: DoorLane, rounds: number, tally: Tally): Promise<Report> {
  let crew: Crew | null = null
  let round = 0
  try {
    for (; round < rounds && lane.isSound; round += 1) {
      const hub = await lane.start()
      if (hub === null) break
      crew ??= await lane.crew(SIZE)
      await crew.readAll()
      await crew.connected()
      await endOnce(lane, { hub, crew, tally })
    }
  } finally {
    await crew?.close()
  }
  return lane.end({ rounds: round })
}

async function endOnce(
  lane: DoorLane,
  { hub, crew, tally }: { hub: HubProcess; crew: Crew; tally: Tally },
): Promise<void> {
  const { ledger } = lane
  crew.light.go()
  if (!(await ledger.reaches(ledger.acks + FLOWING, FLOWING_MS)))
    lane.findings.push({ kind: 'harness', what: 'nothing was acknowledged after a start' })
  await pause(between(lane.random, 0, 200))
  ledger.mark()
  const told = Date.now()
  hub.terminate()
  const guard = setTimeout(() => hub.kill(), GONE_MS)
  const { code } = await hub.ended
  clearTimeout(guard)
  const took = Date.now() - told
  tally.slowestMs = Math.max(tally.slowestMs, took)
  await crew.light.stop()
  const { answered, cut, silent } = ledger.endings
  tally.underWay += answered + cut + silent
  tally.answered += answered
  tally.silent += silent
  if (code !== 0)
    lane.findings.push({
      kind: 'end',
      what: `told to end, the hub ended after ${took} ms: ${hub.ending()}`,
    })
  tally.unanswered += (await lane.check()).unanswered
}

function judge(acks: number, rounds: number, { underWay, silent, unanswered }: Tally): Finding[] {
  const findings = [
    ...floor('acks', acks, rounds * LEAST_ACKS_PER_ROUND),
    ...floor('calls under way', underWay, rounds * LEAST_UNDER_WAY),
  ]
  if (silent > underWay * (1 - LEAST_ENDED)) {
    const what = `${silent} of ${underWay} calls were neither answered nor cut off`
    findings.push({ kind: 'unanswered', what })
  }
  if (unanswered > underWay * MOST_UNANSWERED) {
    const what = `${unanswered} writes were carried out and not answered, of ${underWay} calls under way`
    findings.push({ kind: 'unanswered', what })
  }
  return findings
}
