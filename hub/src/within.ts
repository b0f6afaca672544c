/** Waits for work, but not longer than that; true where it came to its end. */
export async function within(work: PromiseLike<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([Promise.resolve(work).then(() => true as const), late])
  } finally {
    clearTimeout(timer)
  }
}
