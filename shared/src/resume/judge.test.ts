import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { everyCase, SAFE, SAFE_TOKEN, TOKEN, type Case } from './contract/cases.ts'
import { DECISION_TABLE, type DecisionRow } from './contract/decision-table.ts'
import type { ResumeFacts, TokenFacts } from './facts.ts'
import { judge } from './judge.ts'
import { openCautions } from './open-cautions.ts'
import { REASONS, reasonSchema } from './reasons.ts'
import { INTENTS, type CheckId, type Intent } from './verdict.ts'

const withToken = (token: Partial<TokenFacts>, facts: Partial<ResumeFacts> = {}): ResumeFacts => ({
  ...SAFE,
  ...facts,
  token: { ...SAFE_TOKEN, ...token },
})

/** The rows of the table that are true of a case, in the table's order. */
const rowsOf = ({ found }: Case): DecisionRow[] => DECISION_TABLE.filter((row) => found.includes(row.found))

const decisionOf = (row: DecisionRow | undefined, intent: Intent) => {
  if (row === undefined) return 'resume'
  return intent === 'auto' ? row.auto : row.person
}

const checkOf = (facts: ResumeFacts, id: CheckId) =>
  judge(facts, 'operator').checks.find((check) => check.id === id)

test('[RV2] of everything that is found the first row of the table decides, in every combination', () => {
  const wrong: unknown[] = []
  const decisions = new Map<string, number>()
  for (const each of everyCase())
    for (const intent of INTENTS) {
      const { decision, reason } = judge(each.facts, intent)
      const [first] = rowsOf(each)
      decisions.set(`${intent} ${decision}`, (decisions.get(`${intent} ${decision}`) ?? 0) + 1)
      if (decision === decisionOf(first, intent) && reason === first?.reason) continue
      if (wrong.length < 5) wrong.push({ intent, decision, reason, found: each.found, facts: each.facts })
    }
  expect(wrong).toEqual([])
  expect([...decisions.keys()].toSorted()).toEqual([
    'auto blocked',
    'auto fresh',
    'auto resume',
    'operator blocked',
    'operator confirm',
    'operator fresh',
    'operator resume',
  ])
})

test('[RV3] what is found has the status and the reason of its row, and all else passes or has nothing to look at', () => {
  const wrong: unknown[] = []
  const seen = new Set<string>()
  for (const each of everyCase()) {
    const rows = rowsOf(each)
    for (const { id, status, reason } of judge(each.facts, 'operator').checks) {
      const row = rows.find(({ check }) => check === id)
      const nothing =
        each.facts.token === null && ['transcript', 'machine', 'runtime', 'last-run'].includes(id)
      const clean = nothing ? 'unknown' : 'pass'
      if (row !== undefined) seen.add(row.found)
      if (status === (row?.status ?? clean) && reason === row?.reason) continue
      if (wrong.length < 5) wrong.push({ id, status, reason, found: each.found })
    }
  }
  expect(wrong).toEqual([])
  expect(seen.size).toBe(DECISION_TABLE.length)
})

test('[RV3] a status says what its objection gives a person: caution and unknown ask, fail gives the token to nobody', () => {
  const alone = new Set<string>()
  for (const each of everyCase()) {
    if (each.found.length !== 1) continue
    alone.add(each.found[0] ?? '')
    const { decision, checks } = judge(each.facts, 'operator')
    const statuses = checks.flatMap(({ status, reason }) => (reason === undefined ? [] : status))
    expect(statuses).toHaveLength(1)
    expect(statuses[0] === 'fail').toBe(decision === 'fresh' || decision === 'blocked')
    expect(statuses[0] === 'caution' || statuses[0] === 'unknown').toBe(decision === 'confirm')
  }
  expect(alone.size).toBe(DECISION_TABLE.length)
})

test('[RV1] what cannot be looked at without a token says so and weighs nothing', () => {
  const { checks, reason } = judge({ ...SAFE, token: null }, 'operator')
  expect(reason).toBe('no_token')
  for (const id of ['transcript', 'machine', 'runtime', 'last-run'])
    expect(checks.find((check) => check.id === id)).toEqual({
      id,
      status: 'unknown',
      message: 'There is no token, so there was nothing to look at.',
    })
  expect(checks.find(({ id }) => id === 'directory')?.status).toBe('pass')
})

test('[RV1] a check says when somebody looked or when it happened, and what does not pass says what to do next', () => {
  const times = judge(SAFE, 'operator').checks.map(({ id, evidenceAt }) => [id, evidenceAt])
  expect(times).toEqual([
    ['flavor', undefined],
    ['lease', undefined],
    ['token', 100],
    ['transcript', 200],
    ['directory', 400],
    ['machine', 100],
    ['runtime', 100],
    ['last-run', 300],
  ])
  const hold = { runId: 'run', session: SAFE.session, since: 500, contended: false }
  expect(checkOf({ ...SAFE, held: hold }, 'lease')?.evidenceAt).toBe(500)
  expect(checkOf(withToken({ heldElsewhere: hold }), 'lease')?.evidenceAt).toBe(500)
  expect(checkOf({ ...SAFE, token: null, clearedAt: 50 }, 'token')?.evidenceAt).toBe(50)
})

test('[RV1] what speaks against a resume says what to do next, and nothing else does', () => {
  const alone = [...everyCase()].filter(({ found }) => found.length === 1)
  for (const { facts } of alone)
    for (const { reason, next } of judge(facts, 'operator').checks)
      expect(next !== undefined).toBe(reason !== undefined)
  expect(alone.length).toBeGreaterThanOrEqual(DECISION_TABLE.length)
})

test('[RV1] the working directory is in every answer, the token only where it may be used', () => {
  const wrong: unknown[] = []
  for (const { facts, found } of everyCase())
    for (const intent of INTENTS) {
      const { decision, token, workDir } = judge(facts, intent)
      const mayUse = decision === 'resume' || decision === 'confirm'
      if (workDir === '/work' && token === (mayUse ? TOKEN : undefined)) continue
      if (wrong.length < 5) wrong.push({ intent, decision, token, workDir, found })
    }
  expect(wrong).toEqual([])
})

test('[RV9] the reasons are those of the specification, and no other is one', () => {
  const spec = readFileSync(new URL('../../../docs/SPEC.md', import.meta.url), 'utf8')
  const rule = /^- \*\*RV9\*\*.*closed list: ([^.]*)\./ms.exec(spec)?.[1] ?? ''
  const listed = [...rule.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name)
  expect([...REASONS].toSorted()).toEqual(listed.toSorted())
  expect(reasonSchema.safeParse('because').success).toBe(false)
})

test('[RV9] every reason is given by some verdict', () => {
  const given = new Set(DECISION_TABLE.map(({ reason }) => reason))
  expect([...given].toSorted()).toEqual([...REASONS].toSorted())
})

test('[RV9] an answer has the reason of the check that weighed most, and the checks have all of them', () => {
  const facts = withToken({
    proof: 'provisional',
    machineId: null,
    transcript: { state: 'unknown', at: null, because: null },
    lastRun: null,
  })
  const { decision, reason, checks } = judge(facts, 'operator')
  expect([decision, reason]).toEqual(['confirm', 'run_missing'])
  expect(checks.flatMap((check) => check.reason ?? [])).toEqual([
    'token_provisional',
    'transcript_unknown',
    'machine_unknown',
    'run_missing',
  ])
})

test('[RV3] an agent that keeps no token is known, and the token check says that it keeps none', () => {
  const { decision, checks } = judge({ ...SAFE, flavor: 'dsh', token: null }, 'operator')
  expect(decision).toBe('fresh')
  expect(checks[0]).toMatchObject({ id: 'flavor', status: 'pass' })
  expect(checks[2]).toMatchObject({
    status: 'fail',
    reason: 'no_token',
    message: 'DeepSeek Harness keeps no token, so its conversations can not be resumed.',
    next: 'Begin a new conversation.',
  })
})

test('[RV3] a reason that a caller gave for another end than a failure is no wrong conversation', () => {
  const lastRun = { runId: 'run', outcome: 'interrupted', endedAt: 300, reason: 'identity_mismatch' } as const
  expect(checkOf(withToken({ lastRun }), 'last-run')?.reason).toBe('run_interrupted')
})

test('[ME13] the verdict names the other sessions that hold the token, whatever else is wrong with it', () => {
  for (const proof of ['confirmed', 'provisional', 'quarantined'] as const)
    expect(checkOf(withToken({ proof, sharedWith: ['session-b'] }), 'token')?.message).toMatch(
      / Session session-b holds it too\.$/,
    )
  const sharedWith = ['b', 'c', 'd', 'e', 'f', 'g', 'h']
  expect(checkOf(withToken({ sharedWith }), 'token')?.message).toMatch(
    / The sessions b, c, d, e, f and 2 more hold it too\.$/,
  )
  expect(checkOf(withToken({ sharedWith: ['b', 'c'] }), 'token')?.message).toMatch(
    / The sessions b, c hold it too\.$/,
  )
})

test('[RV1] a run that is not alone in its conversation is shown as such', () => {
  const hold = { runId: 'run', session: 'session-b', since: 500, contended: true }
  const contended = /, and another program is, or was, in the same conversation meanwhile\.$/
  expect(checkOf({ ...SAFE, held: hold }, 'lease')?.message).toMatch(contended)
  expect(checkOf(withToken({ heldElsewhere: hold }), 'lease')?.message).toMatch(contended)
  expect(checkOf({ ...SAFE, held: { ...hold, contended: false } }, 'lease')?.message).not.toMatch(contended)
})

test('[RV3] what a person must accept is every check that asks one, until it is accepted', () => {
  const facts = withToken({ proof: 'provisional', machineId: null, lastRun: null })
  const verdict = judge(facts, 'operator')
  const open = (...accepted: CheckId[]) => openCautions(verdict, accepted).map(({ id }) => id)
  expect(open()).toEqual(['token', 'machine', 'last-run'])
  expect(open('machine', 'directory')).toEqual(['token', 'last-run'])
  expect(open('token', 'machine', 'last-run')).toEqual([])
})

test('[RV3] nothing is left to accept where nobody is asked', () => {
  expect(openCautions(judge(SAFE, 'operator'), [])).toEqual([])
  const lost = withToken({ machineId: null }, { directory: { state: 'absent', at: 1 } })
  expect(judge(lost, 'operator').decision).toBe('fresh')
  expect(openCautions(judge(lost, 'operator'), [])).toEqual([])
})
