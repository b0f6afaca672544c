import { jsonEqual, type Json } from '@holdfast/shared/metadata/json'
import type { Finding } from './finding.ts'
import { grouped } from './grouped.ts'
import type { SessionView } from './invariants.ts'
import type { ShownDocument, ToldChange, WriteHistory } from './write-log.ts'

type Shown = ShownDocument | ToldChange

/** Whatever was shown of a version, in an answer or an event, is what the journal says of that version. */
export function findShownProblems(sessions: readonly SessionView[], history: WriteHistory): Finding[] {
  const shown = grouped(history.shown, ({ namespace, session }) => `${namespace}/${session}`)
  const findings = sessions.flatMap((session) => {
    const name = `${session.namespace}/${session.id}`
    const ofSession = shown.get(name) ?? []
    shown.delete(name)
    return ofSession.length === 0 ? [] : problemsOf(session, ofSession)
  })
  for (const name of shown.keys())
    findings.push({ kind: 'shown', what: `${name} was shown, and there is no such session` })
  return findings
}

function problemsOf(session: SessionView, shown: readonly Shown[]): Finding[] {
  const name = `${session.namespace}/${session.id}`
  const atVersion = grouped(shown, ({ version }) => version)
  const findings: Finding[] = []
  const document = new Map<string, Json>()
  for (const { version, changes } of session.entries) {
    for (const [field, { after }] of Object.entries(changes))
      if (after === undefined) document.delete(field)
      else document.set(field, after)
    for (const one of atVersion.get(version) ?? []) {
      const differs =
        one.e === 'shown' ? differences(document, one.metadata) : toldWrongly(document, one, changes)
      if (differs.length === 0) continue
      const how = one.e === 'shown' ? 'was shown' : 'was told'
      findings.push({
        kind: 'shown',
        what: `${name}: version ${version} ${how} with another ${differs.join(', ')}`,
      })
    }
    atVersion.delete(version)
  }
  for (const version of atVersion.keys())
    findings.push({ kind: 'shown', what: `${name}: version ${version} was shown, and is not there` })
  return findings
}

function differences(document: ReadonlyMap<string, Json>, shown: Json): readonly string[] {
  if (typeof shown !== 'object' || shown === null || Array.isArray(shown)) return ['document']
  const names = new Set([...document.keys(), ...Object.keys(shown)])
  return [...names].filter((name) => !jsonEqual(document.get(name), shown[name]))
}

/** Every field that the version changed, and no other, with the value that it has since then. */
function toldWrongly(
  document: ReadonlyMap<string, Json>,
  { set, removed }: ToldChange,
  changes: SessionView['entries'][number]['changes'],
): readonly string[] {
  const told = new Set([...Object.keys(set), ...removed])
  const names = new Set([...told, ...Object.keys(changes)])
  return [...names].filter(
    (name) => !told.has(name) || !Object.hasOwn(changes, name) || !jsonEqual(document.get(name), set[name]),
  )
}
