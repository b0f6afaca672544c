export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'agents'; readonly json: boolean }
  | { readonly kind: 'usage'; readonly error: string }

/** What was typed, as a value; running it is somebody else's work. */
export function parseArgs(words: readonly string[]): Command {
  const [verb, ...rest] = words
  switch (verb) {
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help' }
    case 'version':
    case '--version':
      return { kind: 'version' }
    case 'agents':
      return parseAgents(rest)
    default:
      return { kind: 'usage', error: `There is no command "${printable(verb)}".` }
  }
}

function parseAgents(rest: readonly string[]): Command {
  const unknown = rest.find((word) => word !== '--json')
  if (unknown !== undefined)
    return { kind: 'usage', error: `holdfast agents does not take "${printable(unknown)}".` }
  return { kind: 'agents', json: rest.includes('--json') }
}

/** What somebody typed, short and on one line. */
function printable(word: string): string {
  return word.slice(0, 40).replaceAll(/\p{Cc}/gu, '?')
}
