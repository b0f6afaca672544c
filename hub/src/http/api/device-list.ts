import type { Devices } from '../../auth/devices.ts'
import type { ApiHandlers } from './api-handler.ts'

const USUAL_PAGE = 100

type Routes = 'GET /api/devices' | 'POST /api/devices' | 'DELETE /api/devices/:id'

/** The tokens of devices, for those who may give them out. */
export function deviceList({ devices }: { readonly devices: Devices }): ApiHandlers<Routes> {
  return {
    async 'GET /api/devices'({ caller, query: { limit = USUAL_PAGE, cursor } }) {
      const page = await devices.list(caller, { limit, cursor })
      return 'kind' in page ? page : { devices: page.items, nextCursor: page.nextCursor }
    },
    'POST /api/devices': ({ caller, body }) => devices.add(caller, body),
    async 'DELETE /api/devices/:id'({ caller, params }) {
      const revoked = await devices.revoke(caller, params.id)
      return 'kind' in revoked ? revoked : { device: revoked }
    },
  }
}
