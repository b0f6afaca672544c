import { rmSync, statSync } from 'node:fs'
import { loadDriver, type SqliteDriver } from '@holdfast/hub/store/sqlite/driver'
import type { Bench } from '../bench.ts'
import { floor, mergeReports, type Finding, type Report } from '../finding.ts'
import { needsNothing, type Scenario } from '../scenario.ts'
import type { Crew } from './crew.ts'
import { DoorLane } from './door-lane.ts'
import type { HubProcess } from './hub-process.ts'
import { pause } from './pause.ts'
import type { Observation } from './version-order.ts'

/**
 * Clients write through the doors while one backup after the other is made: each is a whole database with every write
 * that was acknowledged before the backup was asked for, and none that was sent after it was answered.
 */
export const doorsBackup: Scenario = {
  name: 'doors-backup',
  obstacle: needsNothing,
  async run(bench, trial) {
    const backups = trial.reduced ? 5 : bench.scale(10, 500)
    const lanes = trial.runtimes.map(async (runtime) =>
      backUpOften(bench, await DoorLane.open(bench, { trial, runtime, name: 'doors-backup' }), backups),
    )
    return mergeReports(await Promise.all(lanes))
  },
}

const SIZE = { clients: 8, sessions: 4, calls: 3 }
/** Between two backups so many writes are acknowledged. */
const FLOWING = 20
const FLOWING_MS = 30_000

async function backUpOften(bench: Bench, lane: DoorLane, backups: number): Promise<Report> {
  const hub = await lane.start()
  if (hub === null) return lane.end({ backups: 0 })
  const folder = bench.newFolder(`backups-${lane.runtime.name}`)
  const crew = await lane.crew(SIZE)
  let done = 0
  try {
    await crew.connected()
    crew.light.go()
    for (; done < backups && lane.isSound && hub.end === null; done += 1) {
      await lane.ledger.reaches(lane.ledger.acks + FLOWING, FLOWING_MS)
      await backUpOnce(lane, `${folder}/backup-${done}.db`)
      if (done % 50 === 49)
        bench.progress(
          `doors-backup on ${lane.runtime.name}: ${done + 1} of ${backups}, ${lane.ledger.acks} acks`,
        )
    }
    await crew.light.stop()
    await endWhole(lane, hub, crew)
  } finally {
    await crew.close()
    hub.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  if (lane.isSound)
    lane.findings.push(
      ...floor('backups', done, backups),
      ...floor('acks', lane.ledger.acks, backups * FLOWING),
    )
  return lane.end({ backups: done })
}

async function endWhole(lane: DoorLane, hub: HubProcess, crew: Crew): Promise<void> {
  if (hub.end !== null) {
    lane.findings.push({ kind: 'fell', what: `the hub ended by itself with exit code ${hub.end.code}` })
    return
  }
  await lane.endInPeace(hub, crew)
  await lane.check()
}

async function backUpOnce(lane: DoorLane, file: string): Promise<void> {
  const asked = lane.ledger.tick()
  const answer = await fetch(`${lane.url}/api/backup`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${lane.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ file }),
  })
  const text = await answer.text()
  const answered = lane.ledger.tick()
  if (answer.status !== 200) {
    lane.findings.push({
      kind: 'refused',
      what: `a backup was answered ${answer.status}: ${text.slice(0, 300)}`,
    })
    return
  }
  // What was on its way meanwhile gets its answer, and with it the version that it made.
  await pause(50)
  lane.findings.push(
    ...(await findingsIn(file, { observations: lane.ledger.observations(), asked, answered })),
  )
  rmSync(file)
}

interface Window {
  readonly observations: readonly Observation[]
  readonly asked: number
  readonly answered: number
}

async function findingsIn(file: string, window: Window): Promise<Finding[]> {
  const mode = (statSync(file).mode & 0o777).toString(8)
  const open = await loadDriver()
  const driver = open(file, { readonly: true })
  try {
    const readable: Finding[] =
      mode === '600'
        ? []
        : [{ kind: 'integrity', what: `a backup could be read by others: its mode is ${mode}` }]
    return [...readable, ...wholeness(driver), ...versionsOf(driver, window)]
  } finally {
    driver.close()
  }
}

function wholeness(driver: SqliteDriver): Finding[] {
  const rows = driver.prepare('pragma integrity_check').all<Record<string, unknown>>()
  const said = rows.map((row) => String(Object.values(row)[0])).join('; ')
  return said === 'ok' ? [] : [{ kind: 'integrity', what: `of a backup: ${said.slice(0, 300)}` }]
}

/** Every session, and its agent state, under the names of the ledger. */
const VERSIONS = `
  select n.name || '/' || s.id as name, s.metadata_version as version
  from session s join namespace n on n.key = s.namespace
  union all
  select n.name || '/' || s.id || ' state' as name, a.version as version
  from agent_state a join session s on s.key = a.session join namespace n on n.key = s.namespace`

/** Each session is at least as new as its newest acknowledgement before, and not newer than what was sent by the end. */
function versionsOf(driver: SqliteDriver, { observations, asked, answered }: Window): Finding[] {
  const kept = new Map(
    driver
      .prepare(VERSIONS)
      .all<{ name: string; version: number }>()
      .map(({ name, version }) => [name, version]),
  )
  return observations.flatMap((seen): Finding[] => {
    if (seen.kind === 'told' || seen.version === null) return []
    const version = kept.get(seen.session) ?? 0
    if (seen.returned < asked && version < seen.version)
      return [
        {
          kind: 'lost',
          what: `${seen.id}: version ${seen.version} was answered, and a backup made after that has ${version}`,
        },
      ]
    if (seen.kind === 'write' && seen.called > answered && version >= seen.version)
      return [
        {
          kind: 'ghost',
          what: `${seen.id}: version ${seen.version} was sent after a backup that has ${version}`,
        },
      ]
    return []
  })
}
