/** Something to wait for, until a test opens it. */
export class Latch {
  readonly opened: Promise<null>
  #open: () => void = () => undefined

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = () => resolve(null)
    })
  }

  open(): void {
    this.#open()
  }
}
