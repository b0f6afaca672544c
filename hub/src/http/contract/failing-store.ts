import type { Store } from '../../store/store.ts'

/** The store, but one of its methods answers as is said here. */
export function failingStore(store: Store, method: keyof Store, answer: () => Promise<unknown>): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === method) return answer
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? (member as () => unknown).bind(target) : member
    },
  })
}
