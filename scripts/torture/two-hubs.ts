import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { launch, type Launched } from './child-process.ts'
import type { ContenderSettings } from './contender.ts'
import { floor, mergeReports, type Finding, type Report } from './finding.ts'
import { DECIDED, LOCKED_OUT, READY } from './say.ts'
import { needsNothing, type Scenario, type Trial } from './scenario.ts'
import { parseLog, type LogEvent } from './write-log.ts'

/** Many hubs start at once on one file: one serves, the others say who does. A killed one leaves nothing in the way. */
export const twoHubs: Scenario = {
  name: 'two-hubs',
  obstacle: needsNothing,
  async run(bench, trial) {
    const rounds = trial.reduced ? 1 : bench.scale(5, 50)
    const reports: Report[] = []
    let folder = ''
    for (let round = 0; round < rounds; round += 1) {
      // In turn a file that is not there yet, and one that a killed hub has left.
      if (round % 2 === 0) {
        if (folder !== '') rmSync(folder, { recursive: true, force: true })
        folder = bench.newFolder('two-hubs')
      }
      reports.push(await contend(bench, { trial, folder, round }))
      bench.progress(`two-hubs: ${round + 1} of ${rounds} rounds`)
    }
    rmSync(folder, { recursive: true, force: true })
    const { counts, findings } = mergeReports(reports)
    return { counts, findings: [...findings, ...floor('hubs that served', counts['served'] ?? 0, rounds)] }
  },
}

const HUBS = 20

interface Round {
  readonly trial: Trial
  readonly folder: string
  readonly round: number
}

interface Contender {
  readonly process: Launched
  readonly log: string
}

async function contend(bench: Bench, at: Round): Promise<Report> {
  const go = join(at.folder, `go-${at.round}`)
  const contenders = Array.from({ length: HUBS }, (_, index) => startContender(bench, at, { go, index }))
  await Promise.all(contenders.map(({ process }) => process.said(READY)))
  writeFileSync(go, '')
  await Promise.all(contenders.map(({ process }) => process.said(DECIDED)))
  const serving = contenders.filter(({ log }) => outcomeIn(log)?.e === 'open')
  const winner = serving[0]
  const losers = contenders.filter((contender) => !serving.includes(contender))
  const findings: Finding[] = []
  if (serving.length !== 1)
    findings.push({ kind: 'exclusion', what: `${serving.length} hubs serve one file` })
  for (const loser of losers) findings.push(...(await judgeLoser(loser, winner)))
  for (const { process } of serving) process.kill()
  await Promise.all(serving.map(({ process }) => process.ended))
  findings.push(...(serving.length === 1 ? await startAgain(bench, at) : []))
  return {
    counts: { rounds: 1, hubs: contenders.length, served: serving.length, lockedOut: losers.length },
    findings: findings.map(({ kind, what }) => ({ kind, what: `round ${at.round}: ${what}` })),
  }
}

function startContender(
  bench: Bench,
  { trial, folder, round }: Round,
  { go, index }: { go: string | null; index: number },
): Contender {
  const runtime = trial.runtimes[index % trial.runtimes.length]
  if (runtime === undefined) throw new Error('There is no runtime.')
  const settings: ContenderSettings = { database: join(folder, 'holdfast.db'), go }
  const log = join(folder, `contender-${round}-${index}.log`)
  const command = bench.command(runtime, trial.layout, 'contender', settings)
  return { process: launch(command, { logFile: log, lifetimeMs: 45_000 }), log }
}

function outcomeIn(log: string): Extract<LogEvent, { e: 'open' | 'shut' }> | undefined {
  return parseLog(readFileSync(log, 'utf8')).find((event) => event.e === 'open' || event.e === 'shut')
}

function wrong(what: string): Finding[] {
  return [{ kind: 'exclusion', what }]
}

async function judgeLoser(loser: Contender, winner: Contender | undefined): Promise<Finding[]> {
  const ended = await loser.process.ended
  const outcome = outcomeIn(loser.log)
  if (outcome === undefined || outcome.e === 'open')
    return wrong(`a hub died (${ended.signal ?? ended.code}): ${ended.stderr}`)
  if (outcome.code !== 'database_locked' || ended.code !== LOCKED_OUT)
    return wrong(`a hub was refused with ${outcome.code} (exit code ${ended.code}): ${outcome.message}`)
  const named = new RegExp(`\\bprocess ${winner?.process.pid}\\b`)
  return named.test(outcome.message)
    ? []
    : wrong(`a hub was refused, but not told who serves: ${outcome.message}`)
}

/** After the serving hub was killed, and with no pause. */
async function startAgain(bench: Bench, at: Round): Promise<Finding[]> {
  const next = startContender(bench, at, { go: null, index: HUBS + (at.round % 2) })
  await next.process.said(DECIDED)
  const outcome = outcomeIn(next.log)
  next.process.kill()
  const ended = await next.process.ended
  if (outcome?.e === 'open') return []
  const why = outcome === undefined ? ended.stderr : `${outcome.code}: ${outcome.message}`
  return [
    { kind: 'exclusion', what: `after the serving hub was killed, the next one does not start: ${why}` },
  ]
}
