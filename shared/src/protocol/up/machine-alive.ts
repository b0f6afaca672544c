import { z } from 'zod'

/** Client to hub, every 20 s while a machine's runner is up, without ack. */
export const machineAlive = z.looseObject({ machineId: z.string(), time: z.number() })
export type MachineAlive = z.infer<typeof machineAlive>
