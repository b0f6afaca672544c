import { basename, dirname } from 'node:path'
import { decodeBytes, type TracedCall } from './strace.ts'

/** What a traced process did to the files of one folder, and what it said on its standard output, in order. */
export type DiskEvent =
  | { readonly kind: 'create'; readonly file: string; readonly truncate: boolean }
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'sync'; readonly file: string }
  | { readonly kind: 'remove'; readonly file: string }
  | { readonly kind: 'rename'; readonly file: string; readonly to: string }
  | { readonly kind: 'said'; readonly text: string }

interface OpenFile {
  readonly name: string
  position: number
}

/** Follows file descriptors; what is not in the folder, and what failed, is left out. */
export function diskEvents(calls: readonly TracedCall[], folder: string): DiskEvent[] {
  const reader = new TraceReader(folder)
  return calls.flatMap((call) => (call.result < 0 || Number.isNaN(call.result) ? [] : reader.read(call)))
}

class TraceReader {
  readonly #folder: string
  readonly #open = new Map<number, OpenFile>()

  constructor(folder: string) {
    this.#folder = folder
  }

  read({ call, args, result }: TracedCall): DiskEvent[] {
    const descriptor = Number(args[0])
    switch (call) {
      case 'openat':
        return this.#opened(args, result)
      case 'close':
        this.#open.delete(descriptor)
        return []
      case 'pwrite64':
        return this.#wrote(descriptor, args, result)
      case 'write':
        return this.#appended(descriptor, args, result)
      case 'ftruncate':
        return this.#onFile(descriptor, (file) => ({ kind: 'truncate', file, size: Number(args[1]) }))
      case 'fsync':
      case 'fdatasync':
        return this.#onFile(descriptor, (file) => ({ kind: 'sync', file }))
      case 'unlink':
        return this.#removed(args[0] ?? '')
      case 'unlinkat':
        return this.#removed(args[1] ?? '')
      case 'rename':
        return this.#renamed(args[0] ?? '', args[1] ?? '')
      case 'renameat':
      case 'renameat2':
        return this.#renamed(args[1] ?? '', args[3] ?? '')
      default:
        return []
    }
  }

  #nameOf(argument: string): string | null {
    const path = decodeBytes(argument).toString()
    return dirname(path) === this.#folder ? basename(path) : null
  }

  #opened(args: readonly string[], descriptor: number): DiskEvent[] {
    this.#open.delete(descriptor)
    const name = this.#nameOf(args[1] ?? '')
    if (name === null) return []
    this.#open.set(descriptor, { name, position: 0 })
    const flags = args[2] ?? ''
    if (!flags.includes('O_CREAT')) return []
    return [{ kind: 'create', file: name, truncate: flags.includes('O_TRUNC') }]
  }

  #onFile(descriptor: number, event: (file: string) => DiskEvent): DiskEvent[] {
    const file = this.#open.get(descriptor)
    return file === undefined ? [] : [event(file.name)]
  }

  #wrote(descriptor: number, args: readonly string[], result: number): DiskEvent[] {
    return this.#onFile(descriptor, (file) => ({
      kind: 'write',
      file,
      at: Number(args[3]),
      bytes: decodeBytes(args[1] ?? '').subarray(0, result),
    }))
  }

  #appended(descriptor: number, args: readonly string[], result: number): DiskEvent[] {
    const file = this.#open.get(descriptor)
    if (file === undefined && descriptor !== 1) return []
    const bytes = decodeBytes(args[1] ?? '').subarray(0, result)
    if (file === undefined) return [{ kind: 'said', text: bytes.toString() }]
    const at = file.position
    file.position += result
    return [{ kind: 'write', file: file.name, at, bytes }]
  }

  #removed(argument: string): DiskEvent[] {
    const file = this.#nameOf(argument)
    return file === null ? [] : [{ kind: 'remove', file }]
  }

  #renamed(from: string, target: string): DiskEvent[] {
    const file = this.#nameOf(from)
    const to = this.#nameOf(target)
    return file === null || to === null ? [] : [{ kind: 'rename', file, to }]
  }
}
