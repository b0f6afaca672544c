import type { Metric } from './metric.ts'

/** A counter with one label, whose values are the names of what is read. */
export function labelledCounter(
  { name, help, label }: { readonly name: string; readonly help: string; readonly label: string },
  read: () => { readonly [value: string]: number },
): Metric {
  const samples = () => Object.entries(read()).map(([text, value]) => ({ labels: { [label]: text }, value }))
  return { name, help, type: 'counter', read: samples }
}
