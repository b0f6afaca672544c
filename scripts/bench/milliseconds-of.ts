/** How long something takes. */
export async function millisecondsOf(once: () => unknown): Promise<number> {
  const began = performance.now()
  await once()
  return performance.now() - began
}
