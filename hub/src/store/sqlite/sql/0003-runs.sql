-- compatible
-- One life of an agent process in a session. answer: what its claim was told, for the same claim asked again.
-- end_token: the token that its own end named; no report that comes after it is newer.
create table run (
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

create index run_of_session on run (session);

create index run_live on run (session) where state in ('attempt', 'starting', 'running');

create index run_live_by_age on run (key) where state in ('attempt', 'starting', 'running');

create index run_live_of_token on run (token, flavor) where state in ('attempt', 'starting', 'running');

create index run_live_of_holder on run (namespace, holder_id)
where holder_id is not null and state in ('attempt', 'starting', 'running');

-- Every token that a run carried. rejected: its agent did not know it, so what became of the run says nothing of it.
create table run_token (
  run integer not null references run (key),
  flavor text not null,
  value text not null,
  rejected integer not null default 0 check (rejected in (0, 1)),
  primary key (run, flavor, value)
) strict, without rowid;

create index run_token_by_value on run_token (value, flavor, run);

-- The newest boot that is known of a program that holds runs.
create table holder (
  namespace integer not null references namespace (key),
  id text not null,
  boot integer not null,
  primary key (namespace, id)
) strict, without rowid;

-- Where the token was minted, what was seen of its transcript, and when.
alter table resume_token add column directory text;
alter table resume_token add column transcript text check (
  transcript in ('present', 'absent', 'ambiguous', 'unknown')
);
alter table resume_token add column transcript_at integer;
alter table resume_token add column transcript_because text check (
  transcript_because in ('config_dir_unusable', 'agent_rejected')
);

-- What was seen of a session's directory; path: the one that was looked at.
create table directory_evidence (
  session integer primary key references session (key),
  path text not null,
  state text not null check (state in ('present', 'absent', 'unknown')),
  at integer not null
) strict;

-- What a list and the census say of a session; kept up to date by every write that it depends on. Empty text: it names no
-- such thing, or nothing speaks against a resume. Of a session without an agent the verdict is always the same.
alter table session add column flavor text not null default '';
alter table session add column machine_id text not null default '';
alter table session add column verdict text not null default 'none' check (
  verdict in ('running', 'resumable', 'at_risk', 'lost', 'none')
);
alter table session add column verdict_reason text not null default 'unknown_flavor';

-- The sessions that there are. None of them has a run, and nobody has looked at anything.
update session set
  flavor = coalesce((
    select f.value ->> '$' from session_field f
    where f.session = session.key and f.name = 'flavor'
      and case when json_valid(f.value) then json_type(f.value) end = 'text'
  ), ''),
  machine_id = coalesce((
    select f.value ->> '$' from session_field f
    where f.session = session.key and f.name = 'machineId'
      and case when json_valid(f.value) then json_type(f.value) end = 'text'
  ), '');

update session set verdict_reason = 'no_token' where flavor in (
  'claude', 'codex', 'cursor', 'gemini', 'opencode', 'kimi', 'copilot', 'qwen', 'grok', 'pi', 'agy', 'dsh'
);

update session set verdict = 'lost', verdict_reason = 'token_cleared'
where exists (
  select 1 from resume_token t
  where t.session = session.key and t.flavor = session.flavor and t.left_as = 'cleared'
);

update session set verdict = 'at_risk', verdict_reason = 'run_missing'
where exists (
  select 1 from resume_token t
  join session_field f on f.session = t.session and f.name = t.flavor || 'SessionId'
  where t.session = session.key and t.flavor = session.flavor and t.left_as = 'no'
    and case when json_valid(f.value) then json_type(f.value) end = 'text'
);

-- How many sessions say the same, so that a census need not look at any of them. Groups that are empty are not kept.
create table census (
  namespace integer not null references namespace (key),
  flavor text not null,
  machine_id text not null,
  verdict text not null,
  verdict_reason text not null,
  count integer not null check (count >= 0),
  primary key (namespace, flavor, machine_id, verdict, verdict_reason)
) strict, without rowid;

insert into census (namespace, flavor, machine_id, verdict, verdict_reason, count)
select namespace, flavor, machine_id, verdict, verdict_reason, count(*) from session group by 1, 2, 3, 4, 5;

create trigger census_of_new_session after insert on session begin
  insert into census (namespace, flavor, machine_id, verdict, verdict_reason, count)
  values (new.namespace, new.flavor, new.machine_id, new.verdict, new.verdict_reason, 1)
  on conflict do update set count = count + 1;
end;

create trigger census_of_changed_session after update of flavor, machine_id, verdict, verdict_reason on session begin
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
