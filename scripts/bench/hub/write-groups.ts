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

function ackedBlobName(kilobytes: number, runtime: Runtime): string {
  return name('Acks only, documents', kilobytes, runtime)
}

function ackedPatchName(runtime: Runtime): string {
  return `Acks only, patches, ${runtimeName(runtime)}`
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

function patches(runtime: Runtime, withPeer: boolean): Member<Contender>[] {
  const acked = ackedPatchName(runtime)
  const held = PATCHED_KILOBYTES.map((kilobytes): Member<Contender> => {
    const against = [{ word: OF_ACK_ONLY, name: acked }]
    const isSent = SENT_KILOBYTES.some((sent) => sent === kilobytes)
    if (withPeer && isSent) against.push({ word: OF_PEER, name: peerName(kilobytes) })
    if (kilobytes !== PATCHED_KILOBYTES[0])
      against.push({ word: OF_SMALL, name: patchName(PATCHED_KILOBYTES[0], runtime) })
    const documentBytes = kilobytes * 1000
    return member('patches', contender(patchName(kilobytes, runtime), { runtime, documentBytes }), against)
  })
  return [member('patches', contender(acked, { runtime, server: 'ack-only' })), ...held]
}

function replaces(runtime: Runtime, withPeer: boolean): Member<Contender>[] {
  return SENT_KILOBYTES.flatMap((kilobytes) => {
    const block = String(kilobytes)
    const whole = { runtime, operation: 'replace', documentBytes: kilobytes * 1000 } as const
    const acked = contender(ackedBlobName(kilobytes, runtime), { ...whole, server: 'ack-only' })
    const ours = contender(replaceName(kilobytes, runtime), whole)
    const against = [{ word: OF_ACK_ONLY, name: acked.name }]
    if (!withPeer) return [member(block, acked), member(block, ours, against)]
    const peer = contender(peerName(kilobytes), { ...whole, server: 'peer' })
    against.push({ word: OF_PEER, name: peer.name })
    return [member(block, acked), member(block, ours, against), member(block, peer)]
  })
}

/** Everything that is held against the wire alone and against the peer, on one runtime. */
export function writesGroup(runtime: Runtime, withPeer: boolean): Group<Contender> {
  const peer = withPeer
    ? ' The peer hub is the released hub of the same protocol, and gets the same documents from the same client.'
    : ''
  return {
    name: runtime,
    title: `Writes through the door, ${runtimeName(runtime)}`,
    about: `64 session sockets over websocket in one load process, each waits for its ack before it sends the next write; a change of four fields. patch-metadata sends the four fields, update-metadata the whole document, as released clients do. Acks only: the same front door and the same frames, and a handler that only answers.${peer}`,
    members: [...patches(runtime, withPeer), ...replaces(runtime, withPeer)],
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
      'patch-metadata through the door of a hub that holds so many sessions of ten fields and 400 bytes: to 64 of them, or to all in an order that jumps about. 64 sockets, Node.',
    members,
  }
}
