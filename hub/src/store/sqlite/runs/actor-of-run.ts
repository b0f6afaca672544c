import type { Actor } from '@holdfast/shared/records/actor'
import type { RunRecord } from '@holdfast/shared/records/run'

/** Who writes in the name of a run, and where its tokens are valid. */
export function actorOfRun({ door, device }: Actor, { id, machineId, runtimeId }: RunRecord): Actor {
  return {
    door,
    ...(device === undefined ? {} : { device }),
    ...(machineId === null ? {} : { machine: machineId }),
    run: id,
    ...(runtimeId === null ? {} : { runtime: runtimeId }),
  }
}
