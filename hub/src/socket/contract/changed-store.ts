import { HoldfastError } from '@holdfast/shared/errors/holdfast-error'
import type { ErrorCode } from '@holdfast/shared/errors/codes'
import type { Store } from '../../store/store.ts'

/** A real store of which some methods are others. */
export function changed(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name)
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

/** What a store does that can not: it says why, for programs and for people. */
export function failing(code: ErrorCode): () => Promise<never> {
  return () => Promise.reject(new HoldfastError(code, `The store says ${code}.`))
}

/** A bug. */
export function broken(): never {
  throw new TypeError('a bug with a secret in it')
}
