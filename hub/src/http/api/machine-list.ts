import type { Presence } from '../../live/presence.ts'
import type { Store } from '../../store/store.ts'
import type { ApiHandlers } from './api-handler.ts'

const USUAL_PAGE = 100

export interface MachineListParts {
  readonly store: Store
  readonly presence: Presence
}

export function machineList({ store, presence }: MachineListParts): ApiHandlers<'GET /api/machines'> {
  return {
    async 'GET /api/machines'({ caller: { namespace }, query: { limit = USUAL_PAGE, cursor } }) {
      const page = await store.listMachines({ namespace, limit, cursor })
      const machines = page.items.map(({ id, createdAt, updatedAt, metadata, metadataVersion }) => {
        const { active, activeAt } = presence.machine({ namespace, machine: id })
        return { id, createdAt, updatedAt, active, activeAt, metadata, metadataVersion }
      })
      return { machines, nextCursor: page.nextCursor }
    },
  }
}
