import { Histogram } from '../../metrics/histogram.ts'

const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** How commits went since the start. */
export class CommitCounts {
  readonly sizes = new Histogram(SIZES)
  readonly seconds = new Histogram(SECONDS)

  committed(size: number, milliseconds: number): void {
    this.sizes.note(size)
    this.seconds.note(milliseconds / 1000)
  }
}
