import { roleSchema, type Role } from '@holdfast/shared/records/device'
import { readWords, type Words } from './words.ts'

/** Commands that have a help text of their own. */
export const TOPICS = ['agents', 'hub', 'backup', 'restore', 'device'] as const
export type Topic = (typeof TOPICS)[number]

export type Command =
  | { readonly kind: 'help'; readonly topic?: Topic }
  | { readonly kind: 'version' }
  | { readonly kind: 'agents'; readonly json: boolean }
  | { readonly kind: 'hub' }
  | { readonly kind: 'backup'; readonly file: string; readonly json: boolean }
  | { readonly kind: 'restore'; readonly file: string; readonly json: boolean }
  | { readonly kind: 'device-add'; readonly name: string; readonly role: Role; readonly json: boolean }
  | { readonly kind: 'device-list'; readonly json: boolean }
  | { readonly kind: 'device-revoke'; readonly id: string; readonly json: boolean }
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
    default:
      return isTopic(verb) ? parseTopic(verb, rest) : usage(`There is no command "${shown(verb)}".`)
  }
}

function isTopic(verb: string): verb is Topic {
  return TOPICS.some((topic) => topic === verb)
}

function parseTopic(topic: Topic, rest: readonly string[]): Command {
  if (rest.some((word) => word === '--help' || word === '-h')) return { kind: 'help', topic }
  switch (topic) {
    case 'agents':
      return withWords('agents', rest, [], ({ json }) => ({ kind: 'agents', json }))
    case 'hub':
      return withWords('hub', rest, [], ({ json }) =>
        json ? usage('holdfast hub does not take "--json".') : { kind: 'hub' },
      )
    case 'backup':
    case 'restore':
      return withWords(topic, rest, ['FILE'], ({ json, given: [file = ''] }) => ({ kind: topic, file, json }))
    case 'device':
      return parseDevice(rest)
  }
}

function parseDevice([verb, ...rest]: readonly string[]): Command {
  switch (verb) {
    case 'add':
      return withWords('device add', rest, ['NAME'], ({ json, given: [name = ''], role }) => {
        const read = roleSchema.safeParse(role ?? 'agent')
        return read.success
          ? { kind: 'device-add', name, role: read.data, json }
          : usage('The role of a device is viewer, agent or admin.')
      })
    case 'list':
      return withWords('device list', rest, [], ({ json }) => ({ kind: 'device-list', json }))
    case 'revoke':
      return withWords('device revoke', rest, ['ID'], ({ json, given: [id = ''] }) => ({
        kind: 'device-revoke',
        id,
        json,
      }))
    case undefined:
    default:
      return usage('holdfast device takes add, list or revoke.')
  }
}

/** Reads the words after a command, and goes on only where they are as many as it names. */
function withWords(
  command: string,
  rest: readonly string[],
  names: readonly string[],
  then: (words: Words) => Command,
): Command {
  const words = readWords(rest, { takesRole: command === 'device add' })
  if ('unknown' in words) return usage(`holdfast ${command} does not take "${shown(words.unknown)}".`)
  const extra = words.given[names.length]
  if (extra !== undefined) return usage(`holdfast ${command} does not take "${shown(extra)}".`)
  const missing = names.find((_, at) => (words.given[at] ?? '') === '')
  if (missing !== undefined) return usage(`holdfast ${command} needs ${missing}.`)
  return then(words)
}

function usage(error: string): Command {
  return { kind: 'usage', error }
}

/** What somebody typed, short and on one line. */
function shown(word: string): string {
  return word.slice(0, 40).replaceAll(/\p{Cc}/gu, '?')
}
