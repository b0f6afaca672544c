import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AsyncScope } from '@holdfast/shared/scope/async-scope'
import type { Runtime } from '../torture/runtimes.ts'
import { HubProcess, ROOT_TOKEN } from './hub-process.ts'
import { HubView } from './hub-view.ts'
import { Peer } from './peer.ts'
import { WireTap } from './wire-tap.ts'

export interface WorldSettings {
  readonly root: string
  readonly runtime: Runtime
  readonly program: string
  /** Leaves everything where it was written, for somebody who looks for a mistake. */
  readonly keep: boolean
}

/** A hub, a machine of the released client, and what passes between them. */
export interface World extends AsyncDisposable {
  readonly hub: HubProcess
  readonly peer: Peer
  readonly tap: WireTap
  readonly view: HubView
  /** A second machine, or the same person in another namespace. */
  readonly anotherPeer: (name: string, token: string) => Peer
}

export async function openWorld({ root, runtime, program, keep }: WorldSettings): Promise<World> {
  await using scope = new AsyncScope()
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'holdfast-peers-'))
  if (keep) console.log(`  kept in ${folder}`)
  else scope.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const tap = scope.use(await WireTap.make())
  const home = join(folder, 'hub')
  mkdirSync(home, { mode: 0o700 })
  const hub = scope.use(new HubProcess({ root, runtime, home, tap }))
  await hub.start()
  const owned = scope.move()
  const anotherPeer = (name: string, token: string): Peer => {
    const peer = new Peer({ program, folder: join(folder, name), hubUrl: tap.url, token })
    owned.defer(() => peer.killAll())
    return peer
  }
  const peer = anotherPeer('machine', ROOT_TOKEN)
  return {
    hub,
    peer,
    tap,
    view: new HubView(hub, ROOT_TOKEN),
    anotherPeer,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  }
}
