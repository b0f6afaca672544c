import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { ROOT_TOKEN } from '../../contract/running-hub.ts'
import { ScriptedRunner } from '../contract/scripted-runner.ts'
import { AcceptanceHub } from './contract/acceptance-hub.ts'
import { MACHINE } from './contract/worker-process.ts'

/** A session that somebody put away after its run had ended well. */
async function putAway(hub: AcceptanceHub): Promise<{ id: string; token: string }> {
  const token = randomUUID()
  const { sessionId: id } = await hub.worker().dispatch({ key: randomUUID(), flavor: 'claude' }, token)
  await hub.ask('POST', `/api/sessions/${id}/archive`, { reason: 'put away' })
  return { id, token }
}

test('[RI5] resumed in place, and the wrapper killed right after it confirmed: token and session stay, the run is interrupted by its lease, and a person resumes it again', async () => {
  await using hub = await AcceptanceHub.start()
  await hub.ask('POST', '/cli/machines', { id: MACHINE, metadata: {} })
  const { id, token } = await putAway(hub)
  using runner = await ScriptedRunner.connect({ url: hub.url, token: ROOT_TOKEN, machineId: MACHINE })
  const wrapper = hub.worker()
  const answer = hub.ask('POST', `/api/sessions/${id}/resume`, {})
  const { runId } = await runner.asked('start')
  expect((await hub.session(id)).session.metadata).toMatchObject({ lifecycleState: 'archived' })
  await wrapper.post(`/cli/runs/${runId}/token`, { token, state: 'confirmed' })
  expect(await answer).toMatchObject({ status: 200, body: { type: 'success', sessionId: id, runId } })
  await wrapper.kill()
  const { session, runs } = await hub.reaches(id, 'interrupted')
  expect(runs[0]).toMatchObject({ id: runId, endedBy: 'lease' })
  expect(session.metadata).toMatchObject({ claudeSessionId: token, path: '/srv/app' })
  expect(session.metadata).not.toHaveProperty('lifecycleState')
  const asked = await hub.ask('POST', `/api/sessions/${id}/resume`, {})
  expect(asked).toMatchObject({ status: 409, body: { code: 'confirmation_required' } })
  const again = hub.ask('POST', `/api/sessions/${id}/resume`, { acceptRisk: ['last-run'] })
  const second = await runner.asked('start', 2)
  expect(second).toMatchObject({ sessionId: id, token })
  await hub.ask('POST', `/cli/runs/${second.runId}/token`, { token, state: 'confirmed' })
  expect(await again).toMatchObject({ status: 200, body: { runId: second.runId } })
})

test('[RI5] the hub killed while an agent is being resumed, and its wrapper too: the session is what it was, archive reason and all, and nobody else gets in for the two minutes', async () => {
  await using hub = await AcceptanceHub.start()
  await hub.ask('POST', '/cli/machines', { id: MACHINE, metadata: {} })
  const { id, token } = await putAway(hub)
  const { session: before, tokens } = await hub.session(id)
  using runner = await ScriptedRunner.connect({ url: hub.url, token: ROOT_TOKEN, machineId: MACHINE })
  const wrapper = hub.worker()
  const answer = hub.ask('POST', `/api/sessions/${id}/resume`, {}).catch(() => 'no answer')
  const { runId } = await runner.asked('start')
  await wrapper.post(`/cli/runs/${runId}/token`, { token, state: 'provisional' })
  await Promise.all([hub.kill(), wrapper.kill()])
  expect(await answer).toBe('no answer')
  await hub.startAgain()
  const after = await hub.session(id)
  const { metadata, metadataVersion } = before
  expect(after.session).toMatchObject({ metadata, metadataVersion })
  expect(after.tokens).toEqual(tokens)
  for (const asked of [
    await hub.ask('POST', `/api/sessions/${id}/resume`, {}),
    await hub.ask('POST', '/cli/claims', {
      key: (after.session as unknown as { tag: string }).tag,
      flavor: 'claude',
      machineId: MACHINE,
    }),
  ])
    expect(asked).toMatchObject({ status: 409, body: { code: 'run_in_progress', runId } })
})
