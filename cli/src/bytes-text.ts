const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** A size for people, in steps of a thousand. */
export function bytesText(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${UNITS[step]}`
}
