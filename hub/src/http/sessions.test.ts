import { AGENTS, TOKEN_FIELDS } from '@holdfast/shared/agents/registry'
import { sessionViewAnswer } from '@holdfast/shared/protocol/http/session-view'
import { describe, expect, test } from 'vitest'
import { DoorWorld, RESUME_TOKEN, ROOT_TOKEN } from './contract/door-world.ts'

async function view(world: DoorWorld, id: string, token = ROOT_TOKEN): Promise<Record<string, unknown>> {
  const answer = await world.ask({ path: `/api/sessions/${id}`, token })
  expect(answer).toMatchObject({ status: 200 })
  return sessionViewAnswer.parse(answer.body).session
}

describe('a session, for people and other programs', () => {
  test('[WI5] is shown as it is stored', async () => {
    await using world = await DoorWorld.open()
    const odd = { tools: 'of a wrong type', ofSomebodyElse: [1] }
    const id = await world.session(odd, { model: 'opus' })
    expect(await view(world, id)).toEqual({
      id,
      tag: 'tag 1',
      createdAt: world.time,
      updatedAt: world.time,
      active: false,
      activeAt: null,
      thinking: false,
      thinkingAt: null,
      metadata: { path: '/work', host: 'box', flavor: 'claude', claudeSessionId: RESUME_TOKEN, ...odd },
      metadataVersion: 1,
      damaged: [],
      settings: { model: 'opus' },
    })
  })

  test('[CO12] says whether it is alive', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    world.alive(id)
    expect(await view(world, id)).toMatchObject({ active: true, activeAt: world.time, thinkingAt: null })
  })

  test('[SE2] of another tenant looks like one that is not there', async () => {
    await using world = await DoorWorld.open()
    const id = await world.session()
    const there = await world.ask({ path: `/api/sessions/${id}`, token: `${ROOT_TOKEN}:b` })
    const nowhere = await world.ask({ path: '/api/sessions/nobody', token: `${ROOT_TOKEN}:b` })
    expect([there.status, there.text]).toEqual([404, nowhere.text])
  })
})

function tokenOf(flavor: string): string {
  return `${flavor}-0123456789-abcdef`
}

describe('a session, for who may only read', () => {
  test('[SE4] shows of every resume token its first 8 characters', async () => {
    await using world = await DoorWorld.open()
    const tokens = Object.fromEntries(
      AGENTS.flatMap(({ flavor, tokenField }) =>
        tokenField === null ? [] : [[tokenField, tokenOf(flavor)]],
      ),
    )
    const id = await world.session(tokens)
    const shown = await view(world, id, (await world.device('viewer')).token)
    for (const field of TOKEN_FIELDS) {
      const stored = tokens[field] ?? ''
      expect((shown['metadata'] as Record<string, string>)[field]).toBe(`${stored.slice(0, 8)}…`)
    }
    expect((await view(world, id, (await world.device('agent')).token))['metadata']).toMatchObject(tokens)
  })

  test('[SE4] shows no token inside another value either', async () => {
    await using world = await DoorWorld.open()
    const source = tokenOf('codex')
    const unknown = tokenOf('newcomer')
    const id = await world.session({
      codexSourceSessionId: source,
      newcomerSessionId: unknown,
      piImportState: { piSessionId: tokenOf('pi'), sourceFile: `/sessions/${tokenOf('pi')}.jsonl` },
      note: `resume ${RESUME_TOKEN} in ${source}`,
      list: [unknown],
      [RESUME_TOKEN]: true,
    })
    const shown = JSON.stringify(await view(world, id, (await world.device('viewer')).token))
    for (const secret of [RESUME_TOKEN, source, unknown, tokenOf('pi')]) expect(shown).not.toContain(secret)
    expect(shown).toContain('"note":"resume b7e5a0a2… in codex-01…"')
    expect(shown).toContain('"path":"/work"')
  })
})
