import { AGENTS } from '@holdfast/shared/agents/registry'
import { resumeTarget as resumeTargetSchema } from '@holdfast/shared/protocol/http/resume-target'
import { releasedFlavor } from '@holdfast/shared/protocol/released/modes'
import type { SessionRecord } from '@holdfast/shared/records/session'
import { describe, expect, test } from 'vitest'
import { resumeTarget } from './resume-target.ts'

const LIVE = { active: true, activeAt: 1, thinking: true, thinkingAt: 1 }

function record(metadata: SessionRecord['metadata'], more: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: 's',
    namespace: 'default',
    tag: 't',
    createdAt: 1,
    updatedAt: 2,
    metadata,
    metadataVersion: 1,
    damaged: [],
    agentState: null,
    agentStateDamaged: false,
    agentStateVersion: 1,
    settings: {},
    ...more,
  }
}

const WHOLE = { path: '/work', host: 'box', machineId: 'm', flavor: 'claude', claudeSessionId: 'token' }

describe('where a session is resumed', () => {
  test('[CO1] a target says everything that a client needs', () => {
    const settings = {
      model: 'opus',
      effort: 'high',
      modelReasoningEffort: 'low',
      serviceTier: 'priority',
      permissionMode: 'plan',
      collaborationMode: 'plan',
      copilotAgentMode: 'autopilot',
    } as const
    const found = resumeTarget(record(WHOLE, { settings, agentState: { controlledByUser: true } }), LIVE)
    expect(found).toEqual({
      kind: 'target',
      target: {
        sessionId: 's',
        flavor: 'claude',
        directory: '/work',
        machineId: 'm',
        host: 'box',
        active: true,
        thinking: true,
        controlledByUser: true,
        agentSessionId: 'token',
        ...settings,
      },
    })
  })

  test('[CO13] what is not known is left out, or null where that is allowed', () => {
    const found = resumeTarget(
      record({ path: '/work', machineId: 'm', flavor: 'claude', claudeSessionId: 'token' }),
      LIVE,
    )
    const target = found.kind === 'target' ? found.target : {}
    expect(target).toMatchObject({
      model: null,
      effort: null,
      modelReasoningEffort: null,
      controlledByUser: false,
    })
    for (const name of ['host', 'permissionMode', 'serviceTier']) expect(target).not.toHaveProperty(name)
    resumeTargetSchema.parse(target)
  })

  test.each(AGENTS.map((agent) => [agent.flavor, agent] as const))(
    '[ME2] the token of %s is found in its own field, and in no other',
    (flavor, { tokenField }) => {
      const others = Object.fromEntries(
        AGENTS.map((agent) => [agent.tokenField ?? 'none', `of ${agent.flavor}`]),
      )
      const found = resumeTarget(record({ path: '/work', machineId: 'm', flavor, ...others }), LIVE)
      const resumable = tokenField !== null && releasedFlavor.safeParse(flavor).success
      expect(found).toMatchObject(
        resumable
          ? { kind: 'target', target: { flavor, agentSessionId: `of ${flavor}` } }
          : { kind: 'refused', code: 'resume_unavailable' },
      )
    },
  )

  test.each<[string, SessionRecord['metadata'], readonly string[], RegExp]>([
    ['without a flavor', { ...WHOLE, flavor: '' }, [], /which agent/],
    ['whose flavor is damaged', { ...WHOLE, flavor: null }, ['flavor'], /stored in flavor can not be read/],
    ['of an agent that nobody knows', { ...WHOLE, flavor: 'new\u001b[2J' }, [], /agent "new\uFFFD\[2J"/],
    ['of an agent that is no text', { ...WHOLE, flavor: 7 }, [], /which agent/],
    ['named like a member of every object', { ...WHOLE, flavor: 'constructor' }, [], /agent "constructor"/],
    ['without a token', { path: '/work', flavor: 'claude' }, [], /no resume token of Claude Code/],
    ['with a blank token', { ...WHOLE, claudeSessionId: ' \n' }, [], /no resume token/],
    ['with a token that is no text', { ...WHOLE, claudeSessionId: ['token'] }, [], /no resume token/],
    [
      'whose token is damaged',
      { path: '/work', flavor: 'claude' },
      ['claudeSessionId'],
      /stored in claudeSessionId can not be read/,
    ],
    ['without a machine', { ...WHOLE, machineId: null }, [], /which machine/],
    ['without a directory', { ...WHOLE, path: '' }, [], /which directory/],
  ])('[CO13] a session %s has none, and one sentence says why', (_name, metadata, damaged, why) => {
    const found = resumeTarget(record(metadata, { damaged: [...damaged] }), LIVE)
    expect(found).toMatchObject({ kind: 'refused', code: 'resume_unavailable' })
    expect(found.kind === 'refused' ? found.message : '').toMatch(why)
  })

  test.each([[null], ['text'], [[]], [{}], [{ controlledByUser: 'true' }]])(
    '[CO13] agent state that does not say so is not controlled by a person: %j',
    (agentState) => {
      const found = resumeTarget(record(WHOLE, { agentState }), LIVE)
      expect(found).toMatchObject({ target: { controlledByUser: false } })
    },
  )
})
