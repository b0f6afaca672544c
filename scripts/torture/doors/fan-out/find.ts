import type { FindingKind } from '../../finding.ts'

/** Takes what was found wrong. */
export type Find = (kind: FindingKind, what: string) => void
