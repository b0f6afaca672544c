import { AGENTS } from '@holdfast/shared/agents/registry'
import type { JsonObject } from '@holdfast/shared/metadata/json'
import { below, between, chance, pick, type Random } from './random.ts'

const tokenAgents = AGENTS.flatMap(({ flavor, tokenField, pairedField }) =>
  tokenField === null ? [] : [{ flavor, tokenField, pairedField }],
)
/** The flavors that the workload uses: with and without a paired field. */
export const USED = tokenAgents.filter(({ flavor }) =>
  ['claude', 'codex', 'cursor', 'gemini'].includes(flavor),
)

/** How long a text is: mostly short, now and then so long that it takes pages of its own. */
export type TextLength = (random: Random) => number

const usual: TextLength = (random) =>
  chance(random, 0.04) ? between(random, 4000, 12_000) : between(random, 5, 200)

function text(random: Random, length: number): string {
  return below(random, 36 ** 6)
    .toString(36)
    .repeat(Math.ceil(length / 6))
}

function token(random: Random, id: string): JsonObject {
  const { tokenField, pairedField } = pick(random, USED)
  const set: JsonObject = { [tokenField]: `token-${id}` }
  if (pairedField !== null && chance(random, 0.6)) set[pairedField] = paired(random, pairedField, id)
  return set
}

/** Released clients take only two values for the one of Cursor. */
function paired(random: Random, field: string, id: string): string {
  return field === 'cursorSessionProtocol' ? pick(random, ['acp', 'stream-json']) : `paired-${id}`
}

/** What a session is created with: a token of every agent that is used. */
export function birth(random: Random, id: string, length = usual): JsonObject {
  const metadata: JsonObject = { path: '/home/dev', host: 'host', flavor: 'claude', machineId: 'machine-1' }
  for (const { tokenField } of USED) metadata[tokenField] = `token-${id}-${tokenField}`
  return { ...metadata, summary: { text: text(random, length(random)), updatedAt: 1 } }
}

/** Some fields, now and then a token, and always the id of the write. */
export function patch(random: Random, id: string, length = usual): JsonObject {
  const fields: JsonObject = {
    lastWrite: id,
    [`field${below(random, 12)}`]: { by: id, text: text(random, length(random)) },
  }
  if (chance(random, 0.3)) fields[`field${below(random, 12)}`] = null
  return chance(random, 0.35) ? { ...fields, ...token(random, id) } : fields
}

/** A released client's blob: it leaves tokens out, seldom names one, and still more seldom gives one up with null. */
export function sparseBlob(random: Random, id: string, length = usual): JsonObject {
  const blob: JsonObject = {
    path: '/home/dev',
    host: 'host',
    summary: { text: text(random, length(random)), updatedAt: 2 },
  }
  blob[`field${below(random, 12)}`] = { by: id }
  if (chance(random, 0.1)) blob[pick(random, USED).tokenField] = null
  else if (chance(random, 0.2)) Object.assign(blob, token(random, id))
  return blob
}
