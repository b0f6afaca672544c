/**
 * What a batch brings that no answer and no feed tells: kept until the batch is durable, then told to whoever listens. Of
 * each thing only the newest.
 */
export class AfterCommit<News> {
  readonly #listeners = new Set<(news: readonly News[]) => void>()
  #noted = new Map<string, News>()

  on(listener: (news: readonly News[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Inside the batch's transaction. */
  note(name: string, news: News): void {
    this.#noted.set(name, news)
  }

  /** The batch was rolled back. */
  forget(): void {
    this.#noted.clear()
  }

  /** The batch is durable. */
  tell(): void {
    if (this.#noted.size === 0) return
    const news = [...this.#noted.values()]
    this.#noted = new Map()
    // In a later turn, so that everybody whose write is in the batch has heard its answer before.
    for (const listener of this.#listeners) setImmediate(() => listener(news))
  }
}
