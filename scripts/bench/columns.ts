import { numberText, ratioText, valueText, type Figure } from './figure.ts'

/** One column of the report's tables; it is left out where it has nothing to show. */
export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Stands above the tables of a document. */
  readonly explains?: string
  cell(figure: Figure): string
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

const COLUMNS: readonly Column[] = [
  { title: 'what', align: 'left', cell: ({ name }) => name },
  {
    title: 'median',
    align: 'right',
    explains: 'Each number is the median of the rounds, beside the lowest and the highest of them.',
    cell: ({ value, unit }) => valueText(value.median, unit),
  },
  {
    title: 'lowest to highest',
    align: 'right',
    cell: ({ value }) => `${numberText(value.low)} to ${numberText(value.high)}`,
  },
  {
    title: 'p50, p99',
    align: 'right',
    explains: 'p50, p99: so many of a hundred acks came within that time; the median of the rounds.',
    cell: ({ latencyMs }) =>
      latencyMs === undefined ? '' : `${numberText(latencyMs.p50)}, ${numberText(latencyMs.p99)} ms`,
  },
  {
    title: 'CPU each',
    align: 'right',
    explains:
      'CPU each: the processor time of one write, event or census (user + system, all threads of the measured process).',
    cell: ({ cpuMicros }) =>
      cpuMicros === null ? '' : `${numberText(cpuMicros.user)} + ${numberText(cpuMicros.system)} \u00B5s`,
  },
  {
    title: 'server, load, others',
    align: 'right',
    explains:
      'Server, load, others: how much of one core the server took, the process of its clients, and all other programs of the machine. Where the load process is near 100 % and the server is not, the server could do more; where the others took much, every number is too low.',
    cell: ({ busy }) =>
      busy === undefined ? '' : [busy.server, busy.load, busy.others].map(percent).join(', '),
  },
  {
    title: 'held against',
    align: 'left',
    explains: 'A ratio is the median of the ratios of rounds that were run next to each other.',
    cell: ({ ratios }) => ratios.map(ratioText).join(', '),
  },
]

/** Those that have something to show of these figures. */
export function columnsFor(figures: readonly Figure[]): readonly Column[] {
  return COLUMNS.filter((column) => figures.some((figure) => column.cell(figure) !== ''))
}
