import { refuse, type Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { Approach } from '../auth/admission.ts'
import type { FrontDoorParts } from './front-door.ts'

/** Why a socket may not be opened; null where it may. A client that is refused here comes back by itself. */
export function upgradeRefusal(
  { admission, isShuttingDown }: Pick<FrontDoorParts, 'admission' | 'isShuttingDown'>,
  approach: Approach,
): Refusal | null {
  if (isShuttingDown()) return refuse('shutting_down', 'The hub is shutting down. Connect again shortly.')
  return admission.refusalOf(approach)
}
