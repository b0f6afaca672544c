import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, normalize } from 'node:path'
import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { HttpDoorParts } from '../http-door.ts'
import type { ApiHandlers } from './api-handler.ts'

const ROOT_ONLY = refuse(
  'access_denied',
  "A backup holds every namespace, so that making one takes the hub's own token.",
)

/** Writes a file on the hub's machine with everything that the hub keeps, for who could read that as well. */
export function backup({ store, log }: HttpDoorParts): ApiHandlers<'POST /api/backup'> {
  return {
    'POST /api/backup': async ({ caller, body }) => {
      if (caller.device !== null) return ROOT_ONLY
      const problem = pathProblem(body.file) ?? (await folderProblem(dirname(body.file)))
      if (problem !== null) return problem
      const made = await store.backup(body.file)
      log.info('a backup was made', { bytes: made.bytes })
      return made
    },
  }
}

/** The folder that the hub was started in is not what the caller means, and a path that climbs is not what it seems. */
function pathProblem(file: string): Refusal | null {
  if (isAbsolute(file) && normalize(file) === file && !file.endsWith('/')) return null
  const message =
    'The file of a backup must be an absolute path, such as /var/backups/holdfast.db, without . and ..'
  return refuse('invalid_request', message, { field: 'file' })
}

/** What else is wrong with a folder, the store says when it writes there. */
async function folderProblem(folder: string): Promise<Refusal | null> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) return null
  const message = `There is no folder ${folder} that the hub can reach. Make it, or choose another one.`
  return refuse('invalid_request', message, { field: 'file' })
}
