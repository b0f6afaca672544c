/**
 * What a program that can be killed sees of something that outlives it: what it asked for before is carried out and not
 * answered, and it asks for nothing after.
 */
export function mortal<Target extends object>(target: Target, isDead: () => boolean): Target {
  const ifAlive = async (answer: unknown): Promise<unknown> => {
    const settled = await answer
    return isDead() ? never() : settled
  }
  return new Proxy(target, {
    get(of, name) {
      const member: unknown = Reflect.get(of, name, of)
      if (typeof member !== 'function') return member
      return (...asked: unknown[]): unknown => {
        if (isDead()) return never()
        const answer: unknown = Reflect.apply(member, of, asked)
        return answer instanceof Promise ? ifAlive(answer) : answer
      }
    },
  })
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}
