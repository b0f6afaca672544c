// Measures how fast things are. `npm run bench -- store --quick` is a first look; without --quick it takes its time.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repositoryRoot } from '../repository.ts'
import { GROUP_NAMES } from './groups.ts'
import { svgReport } from './picture.ts'
import { markdownReport, textReport, type Report } from './report.ts'
import { runStoreSuite } from './store-suite.ts'

const USAGE = `npm run bench -- store [--quick] [--only NAME,..] [--write] [--dir FOLDER] [--out FOLDER]

  store        durable writes per second, start-up and first page
  --quick      about a minute, rough numbers, less of Bun; the whole takes about a quarter of an hour
  --only       some groups: ${GROUP_NAMES.join(', ')}
  --write      writes BENCHMARKS.md and bench-store.svg into docs/, or into --out; not with --only
  --dir        where the databases are made (a temporary folder of the system otherwise): another disk, other numbers
`
const EXIT_USAGE = 2

function usage(problem: string): never {
  process.stderr.write(`bench: ${problem}\n\n${USAGE}`)
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

function writeReport(report: Report, folder: string): void {
  const picture = 'bench-store.svg'
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, picture), svgReport(report))
  writeFileSync(join(folder, 'BENCHMARKS.md'), markdownReport(report, picture))
  process.stderr.write(`bench: wrote ${picture} and BENCHMARKS.md into ${folder}\n`)
}

async function main(): Promise<void> {
  const { values, positionals } = readArgs()
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  if (positionals.length !== 1 || positionals[0] !== 'store') usage('say what to measure: store')
  const only = values.only.split(',').filter((name) => name !== '')
  const unknown = only.find((name) => !GROUP_NAMES.includes(name))
  if (unknown !== undefined) usage(`there is no group ${unknown}`)
  if (values.write && only.length > 0)
    usage('--write takes the whole suite, so that no part of it is left out')
  const report = await runStoreSuite({
    quick: values.quick,
    only,
    parent: values.dir,
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`,
    tell: (line) => process.stderr.write(`bench: ${line}\n`),
  })
  process.stdout.write(`${textReport(report)}\n`)
  if (values.write) writeReport(report, values.out ?? join(repositoryRoot(), 'docs'))
}

await main()
