-- compatible
-- A token that can not be read is not taken for one that never was.
update session set verdict = 'lost', verdict_reason = 'token_damaged'
where verdict <> 'running' and flavor in (
  'claude', 'codex', 'cursor', 'gemini', 'opencode', 'kimi', 'copilot', 'qwen', 'grok', 'pi', 'agy'
) and exists (
  select 1 from session_field f
  where f.session = session.key and f.name = session.flavor || 'SessionId' and f.value is not null
    and not coalesce(case when json_valid(f.value) then json_type(f.value) = 'text' and f.value <> '""' end, 0)
);

-- The census names no more of a flavor or a machine than fits in the address of its next page.
update session set flavor = substr(flavor, 1, 128) || '…' where length(flavor) > 128;
update session set machine_id = substr(machine_id, 1, 128) || '…' where length(machine_id) > 128;
