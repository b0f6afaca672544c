import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join, parse, resolve } from 'node:path'
import type { Reading } from './reading.ts'

/** Folders that others write to as well, or that the system empties: what must not be lost is not kept right there. */
const SHARED = ['/tmp', '/var/tmp', '/dev/shm', '/run']

const CONTROL = /\p{Cc}/u

/** The folder of everything that the hub keeps. */
export function homeFolder(text: string): Reading<string> {
  if (!isAbsolute(text)) return { mistake: 'must be an absolute path; ~ and $VARIABLES are not expanded.' }
  if (CONTROL.test(text)) return { mistake: 'must be a path without line breaks and control characters.' }
  const folder = resolve(text)
  if (folder === parse(folder).root || [...SHARED, resolve(tmpdir())].includes(folder))
    return { mistake: `must be a folder of the hub's own, such as ${join(folder, 'holdfast')}.` }
  return { value: folder }
}

/** `~/.holdfast`, for a user who has a home. */
export function usualHomeFolder(userHome: () => string = homedir): Reading<string> {
  const folder = homeOf(userHome)
  if (isAbsolute(folder)) return { value: join(folder, '.holdfast') }
  return { mistake: 'must be set to an absolute path, because this user has no home folder.' }
}

function homeOf(userHome: () => string): string {
  try {
    return userHome()
  } catch {
    // The system does not know the user, as in a container that runs under a number.
    return ''
  }
}
