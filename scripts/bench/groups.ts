import type { Group, Member } from './group.ts'
import { SMALL_DOCUMENT, variant, type Runtime, type Variant } from './variant.ts'

export interface Scale {
  readonly runtimes: readonly Runtime[]
  /** The runtimes for which commits and threads are looked at too. */
  readonly closely: readonly Runtime[]
  /** How many sessions are stored, from few to many. */
  readonly storedSessions: readonly number[]
}

const RUNTIME_NAME = { node: 'Node', bun: 'Bun' } as const
const KILOBYTES = [2, 50, 500] as const

export function runtimeName(runtime: Runtime): string {
  return RUNTIME_NAME[runtime]
}

function documents({ runtimes }: Scale): Group<Variant> {
  const members = runtimes.flatMap((runtime) =>
    KILOBYTES.flatMap((size): Member<Variant>[] => {
      const at = `${size} KB, ${RUNTIME_NAME[runtime]}`
      const column = variant(`One JSON column, ${at}`, {
        runtime,
        engine: 'column',
        documentBytes: size * 1000,
      })
      const holdfast = variant(`Holdfast, ${at}`, { runtime, documentBytes: size * 1000 })
      const bare = variant(`Bare statements, ${at}`, { runtime, engine: 'bare', documentBytes: size * 1000 })
      const against = [
        { word: 'of the bare statements', name: bare.name },
        { word: 'of one JSON column', name: column.name },
      ]
      if (size !== KILOBYTES[0])
        against.push({ word: 'of 2 KB', name: `Holdfast, ${KILOBYTES[0]} KB, ${RUNTIME_NAME[runtime]}` })
      return [
        { variant: holdfast, block: runtime, against },
        { variant: bare, block: runtime, against: [] },
        { variant: column, block: runtime, against: [] },
      ]
    }),
  )
  const about =
    'A patch of four fields, 64 writers, each on its own session. One JSON column: the document is one text that is read, parsed, changed and written back whole, in the same kind of group commit, equally durable, without limits and without mutation ids. Bare statements: the five statements of a patch of rows and nothing else, no merge, no checks, no hash.'
  return { name: 'documents', title: 'Size of the document', about, members }
}

function replaces(): Group<Variant> {
  const members = [2, 50].flatMap((size): Member<Variant>[] => {
    const column = variant(`One JSON column, patch, ${size} KB`, {
      engine: 'column',
      documentBytes: size * 1000,
    })
    const replace = variant(`Holdfast, replace, ${size} KB`, {
      operation: 'replace',
      documentBytes: size * 1000,
    })
    return [
      { variant: replace, block: String(size), against: [{ word: 'of one JSON column', name: column.name }] },
      { variant: column, block: String(size), against: [] },
    ]
  })
  const about =
    'updateSessionMetadata with the whole document, as released clients send it; four fields differ. 64 writers, Node.'
  return { name: 'replace', title: 'Whole documents', about, members }
}

function writers({ closely }: Scale): Group<Variant> {
  const members = closely.flatMap((runtime) => {
    const nameOf = (count: number): string =>
      `${count} writer${count === 1 ? '' : 's'}, ${RUNTIME_NAME[runtime]}`
    return [1, 8, 64, 256].map((count): Member<Variant> => {
      const measured = variant(nameOf(count), { runtime, writers: count, sessions: count })
      const against = count === 1 ? [] : [{ word: 'of one writer', name: nameOf(1) }]
      return { variant: measured, block: runtime, against }
    })
  })
  const about =
    'What arrives together is committed together: with so many writers at once, a commit holds about so many writes. Documents of 2 KB.'
  return { name: 'writers', title: 'Writes in one commit', about, members }
}

const DOORS = [
  { door: 'none', says: 'patches' },
  { door: 'json', says: 'patches and JSON' },
  { door: 'socket', says: 'patches and socket work' },
] as const

/** The worker with all calls of a turn in one message, and with half as many, so that both threads have something to do. */
const HANDOVERS = [
  { callsPerMessage: 0, says: 'Worker by turns' },
  { callsPerMessage: 32, says: 'Worker by 32' },
] as const

function threads({ closely }: Scale): Group<Variant> {
  const members = closely.flatMap((runtime) => {
    const patches = DOORS.flatMap(({ door, says }) =>
      mainAndWorkers(`${says}, ${RUNTIME_NAME[runtime]}`, { runtime, door }),
    )
    const blobs = mainAndWorkers(`50 KB replaces and JSON, ${RUNTIME_NAME[runtime]}`, {
      runtime,
      door: 'json',
      operation: 'replace',
      documentBytes: 50_000,
    })
    return [...patches, ...blobs]
  })
  const about =
    'SQLite on the main thread against the same store on a worker thread, 64 writers. The worker gets the calls of one turn of the event loop in a message, or 32 at a time. JSON: the main thread also parses each request and makes the texts of its answer and of the event that follows. Socket work: that, and it computes for another 25 microseconds a request, about what a socket server spends on one.'
  return { name: 'threads', title: 'Main thread or worker thread', about, members }
}

function mainAndWorkers(where: string, differs: Partial<Variant>): Member<Variant>[] {
  const main = variant(`Main thread, ${where}`, differs)
  const workers = HANDOVERS.map(({ callsPerMessage, says }): Member<Variant> => {
    const worker = variant(`${says}, ${where}`, { ...differs, engine: 'worker', callsPerMessage })
    return { variant: worker, block: where, against: [{ word: 'of the main thread', name: main.name }] }
  })
  return [{ variant: main, block: where, against: [] }, ...workers]
}

export function counted(count: number): string {
  return count.toLocaleString('en-US')
}

function sessions({ storedSessions }: Scale): Group<Variant> {
  const few = storedSessions[0] ?? 0
  const members = (['own', 'even'] as const).flatMap((spread) => {
    const nameOf = (count: number): string =>
      `${counted(count)} sessions, ${spread === 'own' ? '64 hot' : 'spread evenly'}`
    return storedSessions.map((count): Member<Variant> => {
      const measured = variant(nameOf(count), { sessions: count, spread, documentBytes: SMALL_DOCUMENT })
      const against = count === few ? [] : [{ word: `of ${counted(few)} sessions`, name: nameOf(few) }]
      return { variant: measured, block: spread, against }
    })
  })
  const about =
    'Patches in a store that holds so many sessions of about ten fields and 400 bytes: to 64 of them, or to all in an order that jumps about. 64 writers, Node.'
  return { name: 'sessions', title: 'Number of sessions stored', about, members }
}

export function allGroups(scale: Scale): readonly Group<Variant>[] {
  return [documents(scale), replaces(), writers(scale), threads(scale), sessions(scale)]
}

/** Start-up is measured in another way than rounds, and stands beside the groups. */
export const START = 'start'

export const GROUP_NAMES: readonly string[] = [
  ...allGroups({ runtimes: [], closely: [], storedSessions: [] }).map((group) => group.name),
  START,
]
