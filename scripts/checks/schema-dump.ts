import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadDriver } from '@holdfast/hub/store/sqlite/driver'
import { readMigrations, schemaMadeBy } from '@holdfast/hub/store/sqlite/migrations'
import { repositoryRoot } from '../repository.ts'

// The schema that all migrations make together, as one reviewed file: a change of it shows in the diff. `--write`
// brings the file up to date.

const file = 'hub/src/store/sqlite/schema.golden.sql'
const path = join(repositoryRoot(), file)
const objects = schemaMadeBy(await loadDriver(), readMigrations())
const dump = `${objects.map((object) => `${object.sql};`).join('\n\n')}\n`

if (process.argv.includes('--write')) {
  writeFileSync(path, dump)
  console.log(`${file} holds ${objects.length} objects`)
} else if (existsSync(path) && readFileSync(path, 'utf8') === dump) {
  console.log(`schema: ${objects.length} objects, as in ${file}`)
} else {
  console.log(`${file} is not what the migrations make. If the change is meant, run: npm run schema`)
  process.exitCode = 1
}
