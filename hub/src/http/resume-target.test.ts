import { AGENTS } from '@holdfast/shared/agents/registry'
import { resumeTarget as resumeTargetSchema } from '@holdfast/shared/protocol/http/resume-target'
import { releasedFlavor } from '@holdfast/shared/protocol/released/modes'
import type { SessionRecord } from '@holdfast/shared/records/session'
import type { Verdict } from '@holdfast/shared/resume/verdict'
import { describe, expect, test } from 'vitest'
import { conversationOf, resumeTarget } from './resume-target.ts'

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
    verdict: { class: 'resumable', reason: null },
    agentState: null,
    agentStateDamaged: false,
    agentStateVersion: 1,
    settings: {},
    ...more,
  }
}

const RESUME: Verdict = {
  decision: 'resume',
  message: 'm',
  token: 'token of the verdict',
  workDir: '/work',
  checks: [],
}

function targetOf(session: SessionRecord, verdict = RESUME): ReturnType<typeof resumeTarget> {
  const conversation = conversationOf(session)
  return conversation.kind === 'refused'
    ? conversation
    : resumeTarget(session, LIVE, { conversation, verdict })
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
    const found = targetOf(record(WHOLE, { settings, agentState: { controlledByUser: true } }))
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
        agentSessionId: 'token of the verdict',
        ...settings,
      },
    })
  })

  test('[CO13] what is not known is left out, or null where that is allowed', () => {
    const found = targetOf(
      record({ path: '/work', machineId: 'm', flavor: 'claude', claudeSessionId: 'token' }),
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
    '[ME2] the token of %s is looked for in its own field, and in no other',
    (flavor, { tokenField }) => {
      const where = { path: '/work', machineId: 'm', flavor }
      const tokens = AGENTS.flatMap((agent) => (agent.tokenField === null ? [] : [agent.tokenField]))
      const others = tokens.filter((field) => field !== tokenField)
      const resumable = tokenField !== null && releasedFlavor.safeParse(flavor).success
      const without = targetOf(record({ ...where, ...Object.fromEntries(others.map((name) => [name, 't'])) }))
      expect(without).toMatchObject({ kind: 'refused', code: 'resume_unavailable' })
      const found = targetOf(record({ ...where, [tokenField ?? 'none']: 't' }))
      expect(found.kind).toBe(resumable ? 'target' : 'refused')
    },
  )

  test.each([
    [{ reason: 'transcript_absent' }, 'resume_unavailable'],
    [{ reason: 'run_in_progress' }, 'run_in_progress'],
  ] as const)('[RV10] [WI7] what is judged %j has none, and the verdict says why', (judged, code) => {
    const verdict: Verdict = { ...judged, decision: 'fresh', message: 'why', workDir: null, checks: [] }
    expect(targetOf(record(WHOLE), verdict)).toEqual({ kind: 'refused', code, message: 'why' })
  })

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
    const found = targetOf(record(metadata, { damaged: [...damaged] }))
    expect(found).toMatchObject({ kind: 'refused', code: 'resume_unavailable' })
    expect(found.kind === 'refused' ? found.message : '').toMatch(why)
  })

  test.each([[null], ['text'], [[]], [{}], [{ controlledByUser: 'true' }]])(
    '[CO13] agent state that does not say so is not controlled by a person: %j',
    (agentState) => {
      const found = targetOf(record(WHOLE, { agentState }))
      expect(found).toMatchObject({ target: { controlledByUser: false } })
    },
  )
})
