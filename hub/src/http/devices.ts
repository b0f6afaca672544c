import { addDeviceBody, type AddDeviceAnswer } from '@holdfast/shared/protocol/http/add-device'
import type { DevicesAnswer } from '@holdfast/shared/protocol/http/devices'
import { pageQuery } from '@holdfast/shared/protocol/http/page-query'
import type { RevokeDeviceAnswer } from '@holdfast/shared/protocol/http/revoke-device'
import { Hono } from 'hono'
import { answering } from './answering.ts'
import { SMALL_BODY, type BodyReader, type BodyShape } from './body-reader.ts'
import type { DoorEnv } from './door-env.ts'
import type { HttpDoorParts } from './http-door.ts'
import { readQuery } from './read-query.ts'

const BODY: BodyShape<typeof addDeviceBody> = { ...SMALL_BODY, schema: addDeviceBody }
const USUAL_PAGE = 100

/** The tokens of devices, for those who may give them out. */
export function deviceRoutes({ devices }: HttpDoorParts, bodies: BodyReader): Hono<DoorEnv> {
  return new Hono<DoorEnv>()
    .get(
      '/',
      answering<DevicesAnswer>(async (c) => {
        const read = readQuery(c, pageQuery)
        if (read.kind === 'refused') return read
        const { limit = USUAL_PAGE, cursor } = read.query
        const page = await devices.list(c.get('caller'), { limit, cursor })
        return 'kind' in page ? page : { devices: [...page.items], nextCursor: page.nextCursor }
      }),
    )
    .post(
      '/',
      answering<AddDeviceAnswer>(async (c) => {
        const read = await bodies.read(c.req.raw, BODY)
        return read.kind === 'refused' ? read : devices.add(c.get('caller'), read.body)
      }),
    )
    .delete(
      '/:id',
      answering<RevokeDeviceAnswer>(async (c) => {
        const revoked = await devices.revoke(c.get('caller'), c.req.param('id') ?? '')
        return 'kind' in revoked ? revoked : { device: revoked }
      }),
    )
}
