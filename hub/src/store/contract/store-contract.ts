import { badInputContract } from './bad-input-contract.ts'
import { censusContract } from './census-contract.ts'
import { claimsContract } from './claims-contract.ts'
import { concurrencyContract } from './concurrency-contract.ts'
import { devicesContract } from './devices-contract.ts'
import { evidenceContract } from './evidence-contract.ts'
import { factsContract } from './facts-contract.ts'
import { feedContract } from './feed-contract.ts'
import { feedWantsContract } from './feed-wants-contract.ts'
import { flavorsContract } from './flavors-contract.ts'
import { historyContract } from './history-contract.ts'
import { judgedContract } from './judged-contract.ts'
import { listFilterContract } from './list-filter-contract.ts'
import { mutationsContract } from './mutations-contract.ts'
import { propertiesContract } from './properties-contract.ts'
import { pruneContract } from './prune-contract.ts'
import { rebindContract } from './rebind-contract.ts'
import { releasedContract } from './released-contract.ts'
import { restoreContract } from './restore-contract.ts'
import { resumeRunsContract } from './resume-runs-contract.ts'
import { pruneRunsContract } from './prune-runs-contract.ts'
import { runEndsContract } from './run-ends-contract.ts'
import { runExclusionContract } from './run-exclusion-contract.ts'
import { runRejectionsContract } from './run-rejections-contract.ts'
import { runRepeatsContract } from './run-repeats-contract.ts'
import { runReportsContract } from './run-reports-contract.ts'
import { runStandingContract } from './run-standing-contract.ts'
import { runsContract } from './runs-contract.ts'
import { sessionsContract } from './sessions-contract.ts'
import { settingsContract } from './settings-contract.ts'
import { sizeContract } from './size-contract.ts'
import { staleContract } from './stale-contract.ts'
import { statesContract } from './states-contract.ts'
import { tenantsContract } from './tenants-contract.ts'
import type { OpenStore } from './test-store.ts'
import { tokensContract } from './tokens-contract.ts'
import { verdictListContract } from './verdict-list-contract.ts'
import { writesContract } from './writes-contract.ts'

/** What every store must pass, unchanged. It knows the port and nothing of what is behind it. */
export function storeContract(name: string, open: OpenStore): void {
  sessionsContract(name, open)
  listFilterContract(name, open)
  tenantsContract(name, open)
  writesContract(name, open)
  releasedContract(name, open)
  staleContract(name, open)
  flavorsContract(name, open)
  mutationsContract(name, open)
  historyContract(name, open)
  restoreContract(name, open)
  tokensContract(name, open)
  statesContract(name, open)
  settingsContract(name, open)
  devicesContract(name, open)
  feedContract(name, open)
  feedWantsContract(name, open)
  pruneContract(name, open)
  pruneRunsContract(name, open)
  badInputContract(name, open)
  sizeContract(name, open)
  concurrencyContract(name, open)
  propertiesContract(name, open)
  claimsContract(name, open)
  runsContract(name, open)
  runReportsContract(name, open)
  runRepeatsContract(name, open)
  runStandingContract(name, open)
  runRejectionsContract(name, open)
  runExclusionContract(name, open)
  runEndsContract(name, open)
  resumeRunsContract(name, open)
  factsContract(name, open)
  evidenceContract(name, open)
  rebindContract(name, open)
  verdictListContract(name, open)
  judgedContract(name, open)
  censusContract(name, open)
}
