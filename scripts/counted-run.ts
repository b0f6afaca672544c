/** How many checks held, and how many did not. */
export interface Counted {
  readonly passed: number
  readonly failed: number
}

export interface CountedRun<Options> {
  /** Of the program, in front of what it says of itself. */
  readonly name: string
  /** Throws where it was called wrongly. */
  readonly readOptions: () => Options
  readonly run: (options: Options) => Promise<Counted>
}

/** Runs a program of checks and ends the process: 0 when all held, 1 when one did not, 2 when it was called wrongly. */
export async function countedRun<Options>({ name, readOptions, run }: CountedRun<Options>): Promise<never> {
  const options = optionsOrEnd(name, readOptions)
  try {
    const { passed, failed } = await run(options)
    console.log(`${passed} passed, ${failed} failed`)
    process.exit(failed > 0 ? 1 : 0)
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    process.exit(1)
  }
}

function optionsOrEnd<Options>(name: string, readOptions: () => Options): Options {
  try {
    return readOptions()
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    process.exit(2)
  }
}
