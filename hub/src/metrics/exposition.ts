import type { Metric, Sample } from './metric.ts'

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The metrics in the text format of Prometheus, in their order. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.map(metricText).join('')
}

function metricText({ name, type, help, read }: Metric): string {
  const lines = read().map(
    (sample) => `${nameOf(name, sample)}${labelsOf(sample)} ${numberOf(sample.value)}\n`,
  )
  return `# HELP ${name} ${helpText(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function nameOf(name: string, { part }: Sample): string {
  return part === undefined ? name : `${name}_${part}`
}

function labelsOf({ labels }: Sample): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${labelText(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function helpText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function labelText(text: string): string {
  return helpText(text).replaceAll('"', '\\"')
}

function numberOf(value: number): string {
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
