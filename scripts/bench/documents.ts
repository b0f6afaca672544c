import type { JsonObject } from '@holdfast/shared/metadata/json'

const STARTED_AT = 1_760_000_000_000

/** A number that looks random and is the same on every run: the finalizer of MurmurHash3. */
export function mixed(seed: number): number {
  let hash = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function hex(seed: number): string {
  return mixed(seed).toString(16).padStart(8, '0')
}

/** Ids come in no order, as those that clients make do. */
function uuid(kind: number, index: number): string {
  const seed = Math.imul(index + 1, 0x9e3779b1) + kind
  const [a, b, c, d] = [hex(seed), hex(seed + 0x1000), hex(seed + 0x2000), hex(seed + 0x3000)]
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`
}

export function sessionId(index: number): string {
  return uuid(1, index)
}

export function sessionTag(index: number): string {
  return uuid(2, index)
}

function sentence(seed: number, words: number): string {
  return Array.from({ length: words }, (_, at) => hex(seed * 31 + at).slice(0, 3 + (at % 5))).join(' ')
}

/** What every session has: ten fields, about 400 bytes. */
function core(index: number): JsonObject {
  return {
    path: `/home/dev/projects/service-${index % 97}/packages/api`,
    host: `build-${index % 13}.example.net`,
    flavor: 'claude',
    machineId: uuid(3, index % 13),
    claudeSessionId: uuid(4, index),
    version: '0.16.2',
    name: `Fix the flaky test ${index}`,
    startedBy: 'terminal',
    lifecycleState: 'running',
    lifecycleStateSince: STARTED_AT - 1,
  }
}

function fitted(size: number, item: (at: number) => string): string[] {
  const items: string[] = []
  for (let bytes = 0, at = 0; bytes < size; at += 1) {
    const text = item(at)
    items.push(text)
    bytes += text.length + 3
  }
  return items
}

/**
 * A document of about so many bytes: beside the ten fields two lists that released clients send, which take half of
 * what is left, and small fields that the hub does not know.
 */
export function documentOf(index: number, bytes: number): JsonObject {
  const document = core(index)
  let left = bytes - JSON.stringify(document).length
  if (left < 400) return document
  document['summary'] = { text: sentence(index, 12), updatedAt: STARTED_AT }
  document['tools'] = fitted(left * 0.35, (at) => `mcp__server_${at % 7}__${hex(at)}`)
  document['slashCommands'] = fitted(left * 0.15, (at) => `command-${hex(at + 7)}`)
  left = bytes - JSON.stringify(document).length
  for (let at = 0; left > 0; at += 1) {
    const name = `note-${at}`
    const text = sentence(index + at, Math.min(40, Math.max(1, Math.floor(left / 7))))
    document[name] = text
    left -= name.length + text.length + 6
  }
  return document
}

/** The four fields that an archive or a restart sets; each has another value than at the visit before. */
export function lifecycleChange(visit: number): JsonObject {
  const archived = visit % 2 === 0
  return {
    lifecycleState: archived ? 'archived' : 'running',
    lifecycleStateSince: STARTED_AT + visit,
    archivedBy: archived ? 'user' : 'cli',
    archiveReason: archived ? `User terminated (${visit})` : `Started again (${visit})`,
  }
}
