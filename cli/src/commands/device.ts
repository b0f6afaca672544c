import type { HubHttp } from '@holdfast/shared/client/http/hub-http'
import { printable } from '@holdfast/shared/protocol/printable'
import type { DeviceRecord } from '@holdfast/shared/records/device'
import type { Command } from '../args.ts'
import { table } from '../table.ts'

type Hub = Pick<HubHttp, 'addDevice' | 'listDevices' | 'revokeDevice'>
export type DeviceCommand = Extract<Command, { readonly kind: `device-${string}` }>

/** Carries out what is asked of devices, and gives what to print. */
export function device(command: DeviceCommand, hub: Hub): Promise<string> {
  switch (command.kind) {
    case 'device-add':
      return add(command, hub)
    case 'device-list':
      return list(command, hub)
    case 'device-revoke':
      return revoke(command, hub)
  }
}

async function add(
  { name, role, json }: Extract<DeviceCommand, { kind: 'device-add' }>,
  hub: Hub,
): Promise<string> {
  const added = await hub.addDevice({ name, role })
  if (json) return `${JSON.stringify(added)}\n`
  return [
    `Added ${printable(added.device.name)} (${added.device.id}, ${added.device.role}).`,
    'Its token, which is shown only now:',
    `  ${added.token}`,
    '',
  ].join('\n')
}

async function list({ json }: { readonly json: boolean }, hub: Hub): Promise<string> {
  const devices: DeviceRecord[] = []
  let cursor: string | null = null
  do {
    const page = await hub.listDevices(cursor)
    devices.push(...page.devices)
    cursor = page.nextCursor
  } while (cursor !== null)
  if (json) return `${JSON.stringify(devices)}\n`
  if (devices.length === 0) return 'There are no devices.\n'
  const rows = devices.map((one) => [
    one.id,
    printable(one.name),
    one.role,
    timeText(one.createdAt),
    one.lastUsedAt === null ? 'never' : timeText(one.lastUsedAt),
    one.revokedAt === null ? '' : timeText(one.revokedAt),
  ])
  return table([['id', 'name', 'role', 'added', 'last used', 'revoked'], ...rows])
}

async function revoke(
  { id, json }: Extract<DeviceCommand, { kind: 'device-revoke' }>,
  hub: Hub,
): Promise<string> {
  const revoked = await hub.revokeDevice(id)
  if (json) return `${JSON.stringify(revoked)}\n`
  return `Revoked ${printable(revoked.name)} (${revoked.id}). Its token opens nothing any more.\n`
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`
}
