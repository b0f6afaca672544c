// The clients of all servers of a group, in one process: it opens what it is told of, and then takes its rounds.
import { commands, say } from '../child-talk.ts'
import { LoadTarget, type LoadJob } from './load-target.ts'

export type LoadCommand =
  | { readonly do: 'open'; readonly job: LoadJob }
  | { readonly do: 'round'; readonly name: string; readonly milliseconds: number }

const targets = new Map<string, LoadTarget>()

async function carryOut(command: LoadCommand): Promise<object> {
  if (command.do === 'open') {
    const { job } = command
    targets.set(job.contender.name, await LoadTarget.open(job))
    return { opened: job.contender.name }
  }
  const target = targets.get(command.name)
  if (target === undefined) throw new Error(`${command.name} was not opened.`)
  return target.round(command.milliseconds)
}

for await (const line of commands()) say(await carryOut(JSON.parse(line) as LoadCommand))
for (const target of targets.values()) target.close()
process.exit(0)
