/** The version of the wire shape of this package: every change of a message's shape moves it, which a test pins. */
export const PROTOCOL_VERSION = 4

/** The lowest version that a hub of this package still serves. */
export const LOWEST_PROTOCOL_VERSION = 1

/** What each version brought, one line each, the newest last. */
export const PROTOCOL_HISTORY: readonly { readonly version: number; readonly brought: string }[] = [
  {
    version: 1,
    brought:
      'the released protocol, patches, clearing a resume token, patched sessions as events, devices over HTTP',
  },
  {
    version: 2,
    brought:
      'lists, history, restore, tokens, archive, changes, backup and login over HTTP, and watching them',
  },
  {
    version: 3,
    brought:
      'claims and runs, verdicts, the census, resume, rebind and stop over HTTP, and runs for those who watch',
  },
  {
    version: 4,
    brought:
      'evidence and verdicts for those who watch, tokens that can not be read, and of which token a claimant saw the transcript',
  },
]

/** Every answer under `/cli` carries it: released clients refuse a hub that speaks another version. */
export const RELEASED_PROTOCOL_HEADER = { name: 'X-Hapi-Protocol-Version', value: '1' } as const
