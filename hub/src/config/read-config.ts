import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import { z } from 'zod'

export interface Config {
  readonly home: string
  /** The database file. */
  readonly database: string
}

/** An empty variable counts as one that is not set. */
const setting = z.string().transform((text) => (text === '' ? undefined : text))

const environment = z.object({
  HOLDFAST_HOME: setting
    .optional()
    .refine(
      (home) => home === undefined || isAbsolute(home),
      'must be an absolute path; ~ and $VARIABLES are not expanded',
    ),
})

/** Reads the settings once; every mistake is one line that names its variable. */
export function readConfig(source: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(source)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
    throw new HoldfastError('settings_invalid', lines.join('\n'))
  }
  const home = parsed.data.HOLDFAST_HOME ?? join(homedir(), '.holdfast')
  return { home, database: join(home, 'holdfast.db') }
}

export function configFromProcess(): Config {
  return readConfig(process.env)
}
