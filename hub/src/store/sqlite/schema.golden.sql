CREATE INDEX device_in_order on device (namespace);

CREATE INDEX resume_token_by_value on resume_token (value, flavor);

CREATE INDEX run_live on run (session) where state in ('attempt', 'starting', 'running');

CREATE INDEX run_live_by_age on run (key) where state in ('attempt', 'starting', 'running');

CREATE INDEX run_live_of_holder on run (namespace, holder_id)
where holder_id is not null and state in ('attempt', 'starting', 'running');

CREATE INDEX run_live_of_token on run (token, flavor) where state in ('attempt', 'starting', 'running');

CREATE INDEX run_of_session on run (session);

CREATE INDEX run_token_by_value on run_token (value, flavor, run);

CREATE INDEX session_in_order on session (namespace);

CREATE TABLE agent_state (
  session integer primary key references session (key),
  value text not null,
  version integer not null check (version >= 1)
) strict;

CREATE TABLE census (
  namespace integer not null references namespace (key),
  flavor text not null,
  machine_id text not null,
  verdict text not null,
  verdict_reason text not null,
  count integer not null check (count >= 0),
  primary key (namespace, flavor, machine_id, verdict, verdict_reason)
) strict, without rowid;

CREATE TABLE device (
  key integer primary key,
  id text not null unique,
  namespace integer not null references namespace (key),
  name text not null,
  role text not null check (role in ('viewer', 'agent', 'admin')),
  hash blob not null check (length(hash) = 32),
  created_at integer not null,
  last_used_at integer,
  revoked_at integer
) strict;

CREATE TABLE directory_evidence (
  session integer primary key references session (key),
  path text not null,
  state text not null check (state in ('present', 'absent', 'unknown')),
  at integer not null
) strict;

CREATE TABLE holder (
  namespace integer not null references namespace (key),
  id text not null,
  boot integer not null,
  primary key (namespace, id)
) strict, without rowid;

CREATE TABLE journal (
  key integer primary key,
  namespace integer not null,
  seq integer not null,
  session integer not null,
  version integer not null,
  previous integer not null,
  at integer not null,
  op text not null,
  actor text not null,
  reason text,
  changes text not null,
  unique (namespace, seq)
) strict;

CREATE TABLE machine (
  key integer primary key,
  namespace integer not null references namespace (key),
  id text not null,
  metadata text not null,
  metadata_version integer not null check (metadata_version >= 1),
  runner_state text not null,
  runner_state_version integer not null check (runner_state_version >= 1),
  created_at integer not null,
  updated_at integer not null,
  unique (namespace, id)
) strict;

CREATE TABLE meta (
  key text primary key,
  value text not null
) strict, without rowid;

CREATE TABLE mutation (
  namespace integer not null,
  id text not null,
  body blob not null,
  answer text not null,
  at integer not null,
  primary key (namespace, id)
) strict, without rowid;

CREATE TABLE namespace (
  key integer primary key,
  name text not null unique,
  head integer not null default 0 check (head >= floor),
  floor integer not null default 0 check (floor >= 0),
  journal_bytes integer not null default 0
) strict;

CREATE TABLE resume_token (
  key integer primary key,
  session integer not null references session (key),
  flavor text not null,
  value text not null,
  paired text,
  proof text not null check (proof in ('provisional', 'confirmed', 'quarantined')),
  left_as text not null check (left_as in ('no', 'superseded', 'cleared', 'late')),
  machine_id text,
  runtime_id text,
  run text,
  set_by text not null,
  first_at integer not null,
  at integer not null,
  left_at integer, directory text, transcript text check (
  transcript in ('present', 'absent', 'ambiguous', 'unknown')
), transcript_at integer, transcript_because text check (
  transcript_because in ('config_dir_unusable', 'agent_rejected')
),
  unique (session, flavor, value)
) strict;

CREATE TABLE run (
  key integer primary key,
  namespace integer not null references namespace (key),
  id text not null,
  session integer not null references session (key),
  kind text not null check (kind in ('claimed', 'registered', 'implicit', 'resume')),
  state text not null check (
    state in ('attempt', 'starting', 'running', 'success', 'failed', 'cancelled', 'interrupted', 'withdrawn')
  ),
  flavor text,
  token text,
  machine_id text,
  runtime_id text,
  directory text,
  holder_id text,
  holder_boot integer,
  contended integer not null default 0 check (contended in (0, 1)),
  started_at integer not null,
  ended_at integer,
  ended_by text check (ended_by in ('report', 'client', 'lease', 'holder', 'hub')),
  reason text,
  end_token text,
  answer text,
  unique (namespace, id)
) strict;

CREATE TABLE run_token (
  run integer not null references run (key),
  flavor text not null,
  value text not null,
  rejected integer not null default 0 check (rejected in (0, 1)),
  primary key (run, flavor, value)
) strict, without rowid;

CREATE TABLE schema_migration (
  id integer primary key,
  name text not null,
  sha256 text not null,
  at integer not null
) strict;

CREATE TABLE session (
  key integer primary key,
  namespace integer not null references namespace (key),
  id text not null,
  tag text not null,
  metadata_version integer not null check (metadata_version between 1 and 9007199254740991),
  horizon integer not null default 0,
  pruned_to integer not null default 0,
  bytes integer not null,
  keys integer not null,
  protected text not null,
  seq integer not null,
  created_at integer not null,
  updated_at integer not null, flavor text not null default '', machine_id text not null default '', verdict text not null default 'none' check (
  verdict in ('running', 'resumable', 'at_risk', 'lost', 'none')
), verdict_reason text not null default 'unknown_flavor',
  unique (namespace, id),
  unique (namespace, tag)
) strict;

CREATE TABLE session_field (
  key integer primary key,
  session integer not null references session (key),
  name text not null,
  value text,
  version integer not null check (version >= 1),
  seq integer not null,
  unique (session, name)
) strict;

CREATE TABLE session_settings (
  session integer primary key references session (key),
  value text not null
) strict;

CREATE TRIGGER census_of_changed_session after update of flavor, machine_id, verdict, verdict_reason on session begin
  insert into census (namespace, flavor, machine_id, verdict, verdict_reason, count)
  values (new.namespace, new.flavor, new.machine_id, new.verdict, new.verdict_reason, 1)
  on conflict do update set count = count + 1;
  update census set count = count - 1
  where namespace = old.namespace and flavor = old.flavor and machine_id = old.machine_id
    and verdict = old.verdict and verdict_reason = old.verdict_reason;
  delete from census
  where namespace = old.namespace and flavor = old.flavor and machine_id = old.machine_id
    and verdict = old.verdict and verdict_reason = old.verdict_reason and count = 0;
end;

CREATE TRIGGER census_of_new_session after insert on session begin
  insert into census (namespace, flavor, machine_id, verdict, verdict_reason, count)
  values (new.namespace, new.flavor, new.machine_id, new.verdict, new.verdict_reason, 1)
  on conflict do update set count = count + 1;
end;

CREATE VIEW sessions as
select
  s.id,
  s.tag,
  n.name as namespace,
  (
    select json_group_object(f.name, json(f.value))
    from session_field f
    where f.session = s.key and f.value is not null and json_valid(f.value)
  ) as metadata,
  s.metadata_version,
  s.created_at,
  s.updated_at
from session s
join namespace n on n.key = s.namespace;
