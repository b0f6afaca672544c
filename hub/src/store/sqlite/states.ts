import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import { isJsonObject, type Json, type JsonObject } from '@holdfast/shared/metadata/json'
import { damagedMessage } from '@holdfast/shared/metadata/merge'
import type { MachineRecord } from '@holdfast/shared/records/session'
import { heldField } from '../../sessions/plan.ts'
import { pageOf, pageSize, requestProblem, stateText, type StateText } from '../requests.ts'
import type {
  CreateMachine,
  ListMachines,
  MachineKey,
  Page,
  StateWritten,
  UpdateMachine,
  UpdateState,
} from '../store.ts'
import type { StoreCore } from './core.ts'
import { SESSION_NOT_FOUND } from './session-not-found.ts'
import { storedJson } from './stored.ts'

const MACHINE_NOT_FOUND = refuse('machine_not_found', 'There is no such machine.')

/** A machine's own facts about itself: a later registration adds to them but does not take them away. */
const KEPT_MACHINE_FIELDS = ['host', 'platform', 'happyCliVersion']

interface MachineRow {
  readonly key: number
  readonly id: string
  readonly metadata: string
  readonly metadataVersion: number
  readonly runnerState: string
  readonly runnerStateVersion: number
  readonly createdAt: number
  readonly updatedAt: number
}

const MACHINE_COLUMNS = `key, id, metadata, metadata_version as metadataVersion, runner_state as runnerState,
  runner_state_version as runnerStateVersion, created_at as createdAt, updated_at as updatedAt`

/** What is replaced as a whole, with a counter of its own: agent state, machines, runner state. Not journaled. */
export class States {
  readonly #core: StoreCore

  constructor(core: StoreCore) {
    this.#core = core
  }

  async updateAgentState(request: UpdateState): Promise<StateWritten | Refusal> {
    const { expectedVersion } = request
    const problem = requestProblem({ expectedVersion })
    if (problem !== null) return problem
    const state = stateText(request.agentState)
    if (state.kind === 'refused') return state
    return this.#core.write(() => this.#writeAgentState(request, state), state.text.length)
  }

  #writeAgentState(
    { namespace, session, expectedVersion }: UpdateState,
    state: StateText,
  ): StateWritten | Refusal {
    const { sql, catalog } = this.#core
    const known = catalog.session(namespace, session)
    if (known === undefined) return SESSION_NOT_FOUND
    const row = sql
      .get('select value as text, version from agent_state where session = ?')
      .get<{ text: string; version: number }>(known.key)
    if (row === undefined) return SESSION_NOT_FOUND
    if ('damaged' in heldField(row.text)) {
      return refuse('field_damaged', damagedMessage('the agent state'), { field: 'agentState' })
    }
    const answer = replaceState(row, expectedVersion, state)
    if (answer.kind === 'written' && answer.version !== row.version) {
      sql
        .get('update agent_state set value = ?, version = ? where session = ?')
        .run(state.text, answer.version, known.key)
    }
    return answer
  }

  async createOrLoadMachine(request: CreateMachine): Promise<MachineRecord | Refusal> {
    const problem = requestProblem({ namespace: request.namespace, id: request.id })
    if (problem !== null) return problem
    const metadata = stateText(request.metadata)
    if (metadata.kind === 'refused') return metadata
    const runner = stateText(request.runnerState)
    if (runner.kind === 'refused') return runner
    return this.#core.write(
      () => this.#registerMachine(request, metadata, runner),
      metadata.text.length + runner.text.length,
    )
  }

  #registerMachine(
    { namespace, id }: CreateMachine,
    metadata: StateText,
    runner: StateText,
  ): MachineRecord | Refusal {
    const { sql, outside } = this.#core
    const key = { namespace, machine: id }
    const row = this.#machineRow(key)
    const now = outside.now()
    if (row === undefined) {
      const home = this.#core.catalog.namespaceForWrite(namespace)
      sql
        .get(
          `insert into machine
             (namespace, id, metadata, metadata_version, runner_state, runner_state_version, created_at, updated_at)
           values (?, ?, ?, 1, ?, 1, ?, ?)`,
        )
        .run(home.key, id, metadata.text, runner.text, now, now)
    } else {
      this.#mergeMachine(row, metadata, runner)
    }
    return this.readMachine(key) ?? MACHINE_NOT_FOUND
  }

  /** A known machine keeps what it does not mention, and a registration without a state says nothing of the state. */
  #mergeMachine(row: MachineRow, metadata: StateText, runner: StateText): void {
    const before = storedJson(`Machine ${row.id}`, row.metadata)
    const merged = stateText(mergeMachineMetadata(before, metadata.value))
    if (merged.kind === 'refused') return
    this.#writeMachineState(
      row,
      'metadata',
      replaceState({ text: row.metadata, version: row.metadataVersion }, row.metadataVersion, merged),
    )
    if (runner.value === null) return
    const state = replaceState(
      { text: row.runnerState, version: row.runnerStateVersion },
      row.runnerStateVersion,
      runner,
    )
    this.#writeMachineState(row, 'runner_state', state)
  }

  #machineRow({ namespace, machine }: MachineKey): MachineRow | undefined {
    const home = this.#core.catalog.namespace(namespace)
    if (home === undefined) return undefined
    return this.#core.sql
      .get(`select ${MACHINE_COLUMNS} from machine where namespace = ? and id = ?`)
      .get<MachineRow>(home.key, machine)
  }

  readMachine(key: MachineKey): MachineRecord | null {
    const row = this.#machineRow(key)
    return row === undefined ? null : machineRecord(row, key.namespace)
  }

  listMachines(request: ListMachines): Page<MachineRecord> {
    const home = this.#core.catalog.namespace(request.namespace)
    if (home === undefined) return { items: [], nextCursor: null }
    const limit = pageSize(request.limit)
    const rows = this.#core.sql
      .get(`select ${MACHINE_COLUMNS} from machine where namespace = ? and id > ? order by id limit ?`)
      .all<MachineRow>(home.key, request.cursor ?? '', limit + 1)
    return pageOf(rows, limit, {
      item: (row) => machineRecord(row, request.namespace),
      cursor: (row) => row.id,
    })
  }

  async updateMachine(
    request: UpdateMachine,
    part: 'metadata' | 'runner_state',
  ): Promise<StateWritten | Refusal> {
    const problem = requestProblem({ expectedVersion: request.expectedVersion })
    if (problem !== null) return problem
    const state = stateText(request.value)
    if (state.kind === 'refused') return state
    if (part === 'metadata' && !isJsonObject(request.value))
      return refuse('invalid_metadata', 'Machine metadata must be a JSON object.')
    return this.#core.write(() => {
      const row = this.#machineRow(request)
      if (row === undefined) return MACHINE_NOT_FOUND
      const answer = replaceState(partOf(row, part), request.expectedVersion, state)
      this.#writeMachineState(row, part, answer)
      return answer
    }, state.text.length)
  }

  #writeMachineState(row: MachineRow, part: 'metadata' | 'runner_state', answer: StateWritten): void {
    if (answer.kind !== 'written' || answer.version === partOf(row, part).version) return
    this.#core.sql
      .get(
        `update machine set ${part} = ?, ${part}_version = ?, updated_at = max(updated_at, ?) where key = ?`,
      )
      .run(JSON.stringify(answer.value), answer.version, this.#core.outside.now(), row.key)
  }
}

interface Stored {
  readonly text: string
  readonly version: number
}

function partOf(row: MachineRow, part: 'metadata' | 'runner_state'): Stored {
  return part === 'metadata'
    ? { text: row.metadata, version: row.metadataVersion }
    : { text: row.runnerState, version: row.runnerStateVersion }
}

function replaceState(stored: Stored, expectedVersion: number, state: StateText): StateWritten {
  if (expectedVersion !== stored.version) {
    const value = storedJson('The state that is stored', stored.text)
    return { kind: 'version-mismatch', version: stored.version, value }
  }
  const version = stored.text === state.text ? stored.version : stored.version + 1
  return { kind: 'written', version, value: state.value }
}

function mergeMachineMetadata(before: Json, given: Json): Json {
  if (!isJsonObject(given)) return before
  if (!isJsonObject(before)) return given
  const merged: JsonObject = { ...before, ...given }
  for (const name of KEPT_MACHINE_FIELDS) if (Object.hasOwn(before, name)) merged[name] = before[name] as Json
  return merged
}

function machineRecord({ key: _key, ...row }: MachineRow, namespace: string): MachineRecord {
  return {
    ...row,
    namespace,
    metadata: storedJson(`Machine ${row.id}`, row.metadata),
    runnerState: storedJson(`The runner state of machine ${row.id}`, row.runnerState),
  }
}
