import { apiMutants } from './catalogue/api.ts'
import { authMutants } from './catalogue/auth.ts'
import { clientMutants } from './catalogue/client.ts'
import { hubMutants } from './catalogue/hub.ts'
import { judgeMutants } from './catalogue/judge.ts'
import { listenMutants } from './catalogue/listen.ts'
import { liveMutants } from './catalogue/live.ts'
import { opsMutants } from './catalogue/ops.ts'
import { sharedMutants } from './catalogue/shared.ts'
import { socketMutants } from './catalogue/socket.ts'
import { sqliteMutants } from './catalogue/sqlite.ts'
import { watchMutants } from './catalogue/watch.ts'
import type { Mutant } from './mutant.ts'

/** Every mistake that the tests are known to see. */
export const CATALOGUE: readonly Mutant[] = [
  ...sharedMutants,
  ...judgeMutants,
  ...hubMutants,
  ...liveMutants,
  ...listenMutants,
  ...sqliteMutants,
  ...authMutants,
  ...socketMutants,
  ...clientMutants,
  ...opsMutants,
  ...apiMutants,
  ...watchMutants,
]
