import { SMALL_DOCUMENT, type Runtime } from '../variant.ts'
import type { Group, Member } from '../group.ts'
import { counted, runtimeName } from '../groups.ts'
import { contender, type Contender } from './contender.ts'

export const OF_ACK_ONLY = 'of acks only'
export const OF_PEER = 'of the peer hub'
export const OF_SMALL = 'of 2 KB'

const PATCHED_KILOBYTES = [2, 50, 500] as const
const SENT_KILOBYTES = [2, 50] as const

function name(what: string, kilobytes: number, runtime: Runtime): string {
  return `${what}, ${kilobytes} KB, ${runtimeName(runtime)}`
}

export function patchName(kilobytes: number, runtime: Runtime): string {
  return name('Holdfast patch-metadata', kilobytes, runtime)
}

export function replaceName(kilobytes: number, runtime: Runtime): string {
  return name('Holdfast update-metadata', kilobytes, runtime)
}

/** Its program brings a runtime of its own. */
function peerName(kilobytes: number): string {
  return `Peer hub update-metadata, ${kilobytes} KB`
}

const NOT_HELD: Member<Contender>['against'] = []

function member(
  block: string,
  one: Contender,
  against: Member<Contender>['against'] = NOT_HELD,
): Member<Contender> {
  return { variant: one, block, against }
}

/** The peer gets what it understands, whole documents, also where ours gets patches. */
function peers(withPeer: boolean): Member<Contender>[] {
  if (!withPeer) return []
  return SENT_KILOBYTES.map((kilobytes) => {
    const documentBytes = kilobytes * 1000
    const peer = contender(peerName(kilobytes), { server: 'peer', operation: 'replace', documentBytes })
    return member('peer', peer)
  })
}

/** Where the peer is measured too. */
function againstPeer(withPeer: boolean, kilobytes: number): Member<Contender>['against'] {
  const isSent = SENT_KILOBYTES.some((sent) => sent === kilobytes)
  return withPeer && isSent ? [{ word: OF_PEER, name: peerName(kilobytes) }] : []
}

const ABOUT_LOAD =
  '64 session sockets over websocket, all in one process; each waits for its ack before it sends the next write. A write changes four fields.'
const ABOUT_ACKS =
  'Acks only: the front door of the hub, the same frames, and a handler that answers and does nothing else.'
const ABOUT_PEER =
  'The peer hub: the released hub of the same protocol with the same documents, the same changes and the same client, which sends it whole documents.'

export function patchesGroup(runtime: Runtime, withPeer: boolean): Group<Contender> {
  const acked = contender(`Acks only, patches, ${runtimeName(runtime)}`, { runtime, server: 'ack-only' })
  const small = patchName(PATCHED_KILOBYTES[0], runtime)
  const ours = PATCHED_KILOBYTES.map((kilobytes) => {
    const one = contender(patchName(kilobytes, runtime), { runtime, documentBytes: kilobytes * 1000 })
    return member('ours', one, [
      { word: OF_ACK_ONLY, name: acked.name },
      ...againstPeer(withPeer, kilobytes),
      ...(one.name === small ? [] : [{ word: OF_SMALL, name: small }]),
    ])
  })
  return {
    name: 'patches',
    title: `patch-metadata, ${runtimeName(runtime)}`,
    about: `${ABOUT_LOAD} What is sent is these four fields, about 200 bytes, whatever the size of the document. ${ABOUT_ACKS}${withPeer ? ` ${ABOUT_PEER}` : ''}`,
    members: [member('acks', acked), ...ours, ...peers(withPeer)],
  }
}

export function replacesGroup(runtime: Runtime, withPeer: boolean): Group<Contender> {
  const members = SENT_KILOBYTES.flatMap((kilobytes) => {
    const whole = { runtime, operation: 'replace', documentBytes: kilobytes * 1000 } as const
    const acked = contender(name('Acks only, documents', kilobytes, runtime), {
      ...whole,
      server: 'ack-only',
    })
    const ours = contender(replaceName(kilobytes, runtime), whole)
    const against = [{ word: OF_ACK_ONLY, name: acked.name }, ...againstPeer(withPeer, kilobytes)]
    return [member('acks', acked), member('ours', ours, against)]
  })
  return {
    name: 'replaces',
    title: `update-metadata, ${runtimeName(runtime)}`,
    about: `${ABOUT_LOAD} What is sent is the whole document, as released clients do; the answer holds it whole too. ${ABOUT_ACKS}${withPeer ? ` ${ABOUT_PEER}` : ''}`,
    members: [...members, ...peers(withPeer)],
  }
}

export function storedWord(few: number): string {
  return `of ${counted(few)} sessions`
}

export function storedName(count: number, spread: Contender['spread']): string {
  return `${counted(count)} sessions, ${spread === 'own' ? '64 hot' : 'spread evenly'}`
}

/** Patches where so many sessions are stored, from few to many. */
export function sessionsGroup(stored: readonly number[]): Group<Contender> {
  const few = stored[0] ?? 0
  const members = (['own', 'even'] as const).flatMap((spread) =>
    stored.map((sessions): Member<Contender> => {
      const one = contender(storedName(sessions, spread), { sessions, spread, documentBytes: SMALL_DOCUMENT })
      const against = sessions === few ? NOT_HELD : [{ word: storedWord(few), name: storedName(few, spread) }]
      return member(spread, one, against)
    }),
  )
  return {
    name: 'sessions',
    title: 'Number of sessions stored',
    about:
      'patch-metadata through the door of a hub that holds so many sessions of about ten fields and 400 bytes: to 64 of them, or to all in an order that jumps about. 64 sockets, Node.',
    members,
  }
}
