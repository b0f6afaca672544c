import { apiMutants } from './catalogue/api.ts'
import { authMutants } from './catalogue/auth.ts'
import { clientMutants } from './catalogue/client.ts'
import { factsMutants } from './catalogue/facts.ts'
import { hubMutants } from './catalogue/hub.ts'
import { judgeMutants } from './catalogue/judge.ts'
import { listenMutants } from './catalogue/listen.ts'
import { liveMutants } from './catalogue/live.ts'
import { opsMutants } from './catalogue/ops.ts'
import { pruneRunsMutants } from './catalogue/prune-runs.ts'
import { resumeMutants } from './catalogue/resume.ts'
import { runDeskMutants } from './catalogue/run-desk.ts'
import { runRepeatMutants } from './catalogue/run-repeats.ts'
import { runReportMutants } from './catalogue/run-reports.ts'
import { runMutants } from './catalogue/runs.ts'
import { sharedMutants } from './catalogue/shared.ts'
import { socketMutants } from './catalogue/socket.ts'
import { sqliteMutants } from './catalogue/sqlite.ts'
import { verdictApiMutants } from './catalogue/verdict-api.ts'
import { watchMutants } from './catalogue/watch.ts'
import type { Mutant } from './mutant.ts'

/** Every mistake that the tests are known to see. */
export const CATALOGUE: readonly Mutant[] = [
  ...sharedMutants,
  ...judgeMutants,
  ...factsMutants,
  ...hubMutants,
  ...liveMutants,
  ...listenMutants,
  ...sqliteMutants,
  ...pruneRunsMutants,
  ...runMutants,
  ...runReportMutants,
  ...runRepeatMutants,
  ...runDeskMutants,
  ...resumeMutants,
  ...authMutants,
  ...socketMutants,
  ...clientMutants,
  ...opsMutants,
  ...apiMutants,
  ...verdictApiMutants,
  ...watchMutants,
]
