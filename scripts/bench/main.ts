// Measures how fast things are. `npm run bench -- store --quick` is a first look; without --quick it takes its time.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repositoryRoot } from '../repository.ts'
import { hubSuite } from './hub/hub-suite.ts'
import { svgReport } from './picture.ts'
import { markdownReport, textReport, type Report } from './report.ts'
import { storeSuite } from './store-suite.ts'
import type { Suite } from './suite.ts'

const SUITES: { readonly [name: string]: Suite } = { store: storeSuite, hub: hubSuite }

function usageText(): string {
  const suites = Object.entries(SUITES).map(
    ([name, { about, groups, minutes }]) =>
      `  ${name.padEnd(8)}  ${about};\n            about ${minutes.quick} with --quick, ${minutes.whole} without; groups: ${groups.join(', ')}`,
  )
  return [
    'npm run bench -- SUITE [--quick] [--only GROUP,..] [--write] [--dir FOLDER] [--out FOLDER]',
    '',
    ...suites,
    '',
    '  --quick   rough numbers, and less of them',
    '  --only    some groups of the suite',
    '  --write   writes bench-SUITE.md and bench-SUITE.svg into docs/, or into --out; not with --only',
    '  --dir     where the databases are made (a temporary folder of the system otherwise): another disk, other numbers',
    '',
  ].join('\n')
}

const EXIT_USAGE = 2

function usage(problem: string): never {
  process.stderr.write(`bench: ${problem}\n\n${usageText()}`)
  process.exit(EXIT_USAGE)
}

function readArgs() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        write: { type: 'boolean', default: false },
        dir: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error))
  }
}

function suiteOf(positionals: readonly string[]): { name: string; suite: Suite } {
  const [name = ''] = positionals
  const suite = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined
  if (suite === undefined || positionals.length !== 1)
    usage(`say what to measure: ${Object.keys(SUITES).join(' or ')}`)
  return { name, suite }
}

/** Each suite has a document and a picture of its own, written whole. */
function writeReport(name: string, report: Report, folder: string): void {
  const document = `bench-${name}.md`
  const picture = `bench-${name}.svg`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, picture), svgReport(report))
  writeFileSync(join(folder, document), markdownReport(report, picture))
  process.stderr.write(`bench: wrote ${document} and ${picture} into ${folder}\n`)
}

async function main(): Promise<void> {
  const { values, positionals } = readArgs()
  if (values.help) {
    process.stdout.write(usageText())
    return
  }
  const { name, suite } = suiteOf(positionals)
  const only = values.only.split(',').filter((group) => group !== '')
  const unknown = only.find((group) => !suite.groups.includes(group))
  if (unknown !== undefined) usage(`the suite ${name} has no group ${unknown}`)
  if (values.write && only.length > 0)
    usage('--write takes the whole suite, so that no part of it is left out')
  const report = await suite.run({
    quick: values.quick,
    only,
    parent: values.dir,
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`,
    tell: (line) => process.stderr.write(`bench: ${line}\n`),
  })
  process.stdout.write(`${textReport(report)}\n`)
  if (values.write) writeReport(name, report, values.out ?? join(repositoryRoot(), 'docs'))
}

await main()
