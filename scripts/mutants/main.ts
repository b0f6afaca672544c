// Makes one deliberate mistake at a time in a copy of the repository, and demands that the tests see it.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { must } from '@holdfast/shared/errors/assert'
import { repositoryRoot } from '../repository.ts'
import { CATALOGUE } from './catalogue.ts'
import { applyMutant, chooseMutants, type Mutant } from './mutant.ts'
import { runTests, type TestRun } from './test-run.ts'
import { makeWorkspace, type Workspace } from './workspace.ts'

const TIMEOUT_MS = 180_000
const MOST_LANES = 4

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`
const tail = (text: string) => text.trimEnd().split('\n').slice(-40).join('\n')

interface Outcome {
  readonly passed: boolean
  readonly verdict: string
  readonly detail?: string
}

/** The tests that a mutant names must be there and pass while nothing is broken, or their failing would prove nothing. */
async function proveSetup(workspace: Workspace, mutants: readonly Mutant[]): Promise<boolean> {
  const started = Date.now()
  const files = [...new Set(mutants.flatMap(({ caughtBy }) => caughtBy.files))]
  const titles = [...new Set(mutants.map(({ caughtBy }) => caughtBy.title))]
  const run = await runTests(workspace.folder, {
    files,
    titles,
    timeoutMs: 5 * TIMEOUT_MS,
    untilFailure: false,
  })
  const passing = run.tests.filter((test) => test.status === 'passed')
  const failing = run.tests.filter((test) => test.status === 'failed')
  const unproved = mutants.filter(({ caughtBy }) => {
    const isNamed = ({ file, name }: { file: string; name: string }) =>
      name.includes(caughtBy.title) && caughtBy.files.some((start) => file.startsWith(start))
    return !passing.some(isNamed)
  })
  for (const { name } of failing) console.log(`fails unmutated: ${name}`)
  for (const { id, caughtBy } of unproved)
    console.log(`${id}: no passing test in ${caughtBy.files.join(', ')} has "${caughtBy.title}" in its title`)
  const isProved = run.exitCode === 0 && unproved.length === 0
  if (run.exitCode !== 0) console.log(tail(run.output))
  console.log(`unmutated: ${passing.length} tests passed, ${failing.length} failed (${seconds(started)})`)
  return isProved
}

async function tryMutant(workspace: Workspace, mutant: Mutant): Promise<Outcome> {
  const { file, caughtBy } = mutant
  const original = workspace.read(file)
  workspace.write(file, applyMutant(mutant, original))
  try {
    const { files, title } = caughtBy
    const choice = { files, titles: [title], timeoutMs: TIMEOUT_MS, untilFailure: true }
    return judge(await runTests(workspace.folder, choice))
  } finally {
    workspace.write(file, original)
  }
}

/** A run that failed without a failing test says only that the mistake does not even load. */
function judge(run: TestRun): Outcome {
  if (run.hung) return { passed: true, verdict: 'caught (the tests never ended)' }
  if (run.tests.some((test) => test.status === 'failed')) return { passed: true, verdict: 'caught' }
  if (run.exitCode === 0) return { passed: false, verdict: 'SURVIVED' }
  return { passed: false, verdict: 'BROKEN: no test failed, but the run did', detail: tail(run.output) }
}

/** Why a mutant can not be made; the code moved on, and its entry has to follow. */
function misfit(workspace: Workspace, mutant: Mutant): string[] {
  try {
    applyMutant(mutant, workspace.read(mutant.file))
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** Takes one mutant after the other from those that are left, and gives how many of them went wrong. */
async function runLane(workspace: Workspace, left: Mutant[]): Promise<number> {
  let failed = 0
  for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
    const started = Date.now()
    const { passed, verdict, detail } = await tryMutant(workspace, mutant)
    if (!passed) failed++
    console.log(`${mutant.id}: ${verdict} (${seconds(started)})${passed ? '' : `: ${mutant.why}`}`)
    if (detail !== undefined) console.log(detail)
  }
  return failed
}

async function runAll(
  [first, ...more]: [Workspace, ...Workspace[]],
  mutants: readonly Mutant[],
): Promise<number> {
  const misfits = mutants.flatMap((mutant) => misfit(first, mutant))
  for (const message of misfits) console.log(message)
  if (misfits.length > 0 || !(await proveSetup(first, mutants))) return mutants.length
  const left = [...mutants]
  const failed = await Promise.all([first, ...more].map((workspace) => runLane(workspace, left)))
  return failed.reduce((sum, count) => sum + count, 0)
}

/** One for each core, since a test mostly waits for the start of its programs; never more than there is work for. */
function makeWorkspaces(count: number): [Workspace, ...Workspace[]] {
  const lanes = Math.max(1, Math.min(MOST_LANES, availableParallelism(), count))
  const [first, ...more] = Array.from({ length: lanes }, () => {
    const workspace = makeWorkspace(repositoryRoot())
    process.once('exit', () => workspace.remove())
    return workspace
  })
  return [must(first, 'there is at least one lane'), ...more]
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } })
  const mutants = chooseMutants(CATALOGUE, values.only?.split(',').filter((id) => id !== '') ?? [])
  if (values.list === true) {
    for (const { id, file, caughtBy, why } of mutants)
      console.log(`${id}  ${file}  ${caughtBy.title}  ${why}`)
    return
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const failed = await runAll(makeWorkspaces(mutants.length), mutants)
  console.log(`${mutants.length - failed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
}

try {
  await main()
} catch (error) {
  console.error(`mutants: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
