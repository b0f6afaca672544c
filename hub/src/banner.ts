import type { Hub } from './hub.ts'

/** What a person is told who has just started a hub: where it is, where its token lies, what to type next. */
export function banner({ url, token, database, library, notices }: Hub): string {
  const { file, created } = token
  const tokenLine =
    file === null ? 'as given in HOLDFAST_TOKEN' : `${file}${created ? ' (made just now)' : ''}`
  const take = file === null ? '$HOLDFAST_TOKEN' : `$(cat '${file}')`
  return [
    'Holdfast is running.',
    `  address   ${url}`,
    `  token     ${tokenLine}`,
    `  database  ${database} (${library}; every write is on the disk before it is acknowledged)`,
    ...notices.map((notice) => `  notice    ${notice}`),
    '',
    'Next, in another terminal, store a first session:',
    `  curl -s ${url}/cli/sessions -H "Authorization: Bearer ${take}" -H 'Content-Type: application/json' \\`,
    `    -d '{"tag":"first","metadata":{"path":"/tmp","host":"here","flavor":"claude"}}'`,
    '',
    'Ctrl-C ends the hub; nothing is lost by that.',
    '',
  ].join('\n')
}
