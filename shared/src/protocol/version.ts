/** The version of the wire shape of this package: every change of a message's shape moves it, which a test pins. */
export const PROTOCOL_VERSION = 2

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
]

/** Every answer under `/cli` carries it: released clients refuse a hub that speaks another version. */
export const RELEASED_PROTOCOL_HEADER = { name: 'X-Hapi-Protocol-Version', value: '1' } as const
