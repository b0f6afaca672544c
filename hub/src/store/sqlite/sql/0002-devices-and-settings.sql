-- compatible
-- Programs with a token of their own. hash: SHA-256 of the token's secret part; the token itself is kept nowhere. Never
-- deleted, since the journal names them.
create table device (
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

create index device_in_order on device (namespace);

-- What a session was last said to be set to, as one JSON object; no row where nothing was ever said.
create table session_settings (
  session integer primary key references session (key),
  value text not null
) strict;
