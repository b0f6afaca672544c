import { verdictClass } from '@holdfast/shared/resume/verdict-class'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withSql, Workshop } from './contract/workshop.ts'
import { readMigrations } from './migrations.ts'
import { openSqliteStore } from './sqlite-store.ts'

const BEFORE_RUNS = readMigrations().filter(({ id }) => id < 3)

let workshop: Workshop

beforeEach(() => {
  workshop = new Workshop()
})

afterEach(() => workshop.remove())

interface OldSession {
  readonly id: string
  /** Stored text by field. */
  readonly fields: { readonly [name: string]: string }
  readonly tokens: readonly (readonly [flavor: string, value: string, leftAs: string])[]
}

const SESSIONS: readonly (OldSession & { readonly shown: readonly unknown[] })[] = [
  { id: 'bare', fields: {}, tokens: [], shown: [null, null, 'none', 'unknown_flavor'] },
  {
    id: 'current',
    fields: { flavor: '"claude"', machineId: '"m1"', claudeSessionId: '"t1"' },
    tokens: [['claude', 't1', 'no']],
    shown: ['claude', 'm1', 'at_risk', 'run_missing'],
  },
  {
    id: 'shared',
    fields: { flavor: '"claude"', machineId: '"m1"', claudeSessionId: '"t1"' },
    tokens: [
      ['claude', 't1', 'no'],
      ['claude', 't0', 'cleared'],
    ],
    shown: ['claude', 'm1', 'at_risk', 'run_missing'],
  },
  {
    id: 'cleared',
    fields: { flavor: '"codex"' },
    tokens: [['codex', 't1', 'cleared']],
    shown: ['codex', null, 'lost', 'token_cleared'],
  },
  {
    id: 'of-another-agent',
    fields: { flavor: '"codex"', machineId: '"m1"', claudeSessionId: '"t1"' },
    tokens: [
      ['claude', 't1', 'no'],
      ['gemini', 't2', 'cleared'],
    ],
    shown: ['codex', 'm1', 'none', 'no_token'],
  },
  { id: 'without-tokens', fields: { flavor: '"dsh"' }, tokens: [], shown: ['dsh', null, 'none', 'no_token'] },
  {
    id: 'unknown-agent',
    fields: { flavor: '"other"', otherSessionId: '"t1"' },
    tokens: [],
    shown: ['other', null, 'none', 'unknown_flavor'],
  },
  {
    id: 'damaged',
    fields: { flavor: '"claude"', machineId: '{"m', claudeSessionId: '"t' },
    tokens: [['claude', 't1', 'no']],
    shown: ['claude', null, 'lost', 'token_damaged'],
  },
  {
    id: 'damaged-in-other-ways',
    fields: { flavor: '"codex"', codexSessionId: '""' },
    tokens: [],
    shown: ['codex', null, 'lost', 'token_damaged'],
  },
  {
    id: 'long-names',
    fields: { flavor: `"${'🦊'.repeat(129)}"`, machineId: `"${'m'.repeat(4000)}"` },
    tokens: [],
    shown: [`${'🦊'.repeat(128)}…`, `${'m'.repeat(128)}…`, 'none', 'unknown_flavor'],
  },
  {
    id: 'names-that-just-fit',
    fields: { flavor: `"${'🦊'.repeat(128)}"`, machineId: `"${'m'.repeat(128)}"` },
    tokens: [],
    shown: ['🦊'.repeat(128), 'm'.repeat(128), 'none', 'unknown_flavor'],
  },
  {
    id: 'no-text',
    fields: { flavor: '7', machineId: '["m1"]' },
    tokens: [],
    shown: [null, null, 'none', 'unknown_flavor'],
  },
]

/** A file as the release before runs left it. */
async function oldFile(): Promise<void> {
  const store = await openSqliteStore(workshop.database, { migrations: BEFORE_RUNS })
  await store.close()
  await withSql(workshop.database, (driver) => {
    driver.exec(`insert into namespace (name) values ('default')`)
    const session = driver.prepare(
      `insert into session (namespace, id, tag, metadata_version, bytes, keys, protected, seq, created_at, updated_at)
       values (1, ?, ?, 1, 2, 0, '', 0, 5, 5)`,
    )
    const field = driver.prepare(
      'insert into session_field (session, name, value, version, seq) values (?, ?, ?, 1, 1)',
    )
    const token = driver.prepare(
      `insert into resume_token (session, flavor, value, proof, left_as, machine_id, set_by, first_at, at, left_at)
       values (?, ?, ?, 'provisional', ?, 'm1', '{"door":"hub"}', 5, 5, 5)`,
    )
    for (const { id, fields, tokens } of SESSIONS) {
      const { rowid } = session.run(id, id)
      for (const [name, text] of Object.entries(fields)) field.run(rowid, name, text)
      for (const [flavor, value, leftAs] of tokens) token.run(rowid, flavor, value, leftAs)
    }
  })
}

test('[WI5] sessions from before there were runs get the verdict that the facts give', async () => {
  await oldFile()
  const store = workshop.closing(await openSqliteStore(workshop.database))
  const { items } = await store.listSessions({ namespace: 'default', limit: 100 })
  for (const { id, verdict } of items) {
    const facts = await store.readFacts({ namespace: 'default', session: id })
    expect([id, verdict]).toEqual([id, facts === null ? null : verdictClass(facts)])
  }
  const rows = await withSql(workshop.database, (driver) =>
    driver
      .prepare('select id, flavor, machine_id, verdict, verdict_reason from session order by key')
      .values(),
  )
  const counted = await store.census({ namespace: 'default', limit: 100 })
  expect(counted.items).toHaveLength(10)
  expect(counted.items).toContainEqual({
    flavor: 'claude',
    machineId: 'm1',
    class: 'at_risk',
    reason: 'run_missing',
    count: 2,
  })
  expect(rows).toEqual(SESSIONS.map(({ id, shown }) => [id, ...shown.map((value) => value ?? '')]))
})
