-- What reached us: letters of the feeds and commands of people, kept before anything is decided.
-- Bodies are sealed by the vault. `fingerprint` is the digest of sender, control id and body: an equal letter is a duplicate.

create table letter (
    hospital    text        not null,
    id          bigint      generated always as identity,
    feed        text        not null,
    sender      text        not null,
    control_id  text        not null,
    trigger     text        not null,
    received_at timestamptz not null,
    fingerprint bytea       not null,
    body        bytea       not null,
    state       text        not null check (state in ('received', 'handled', 'parked', 'duplicate')),
    handled_at  timestamptz,
    reason      text,
    code        text,
    warnings    text[]      not null default '{}',
    visit       text,
    events      integer     not null default 0,
    primary key (hospital, id)
);
create unique index letter_once on letter (hospital, fingerprint) where state <> 'duplicate';
create index letter_waiting on letter (hospital, id) where state = 'received';
create index letter_parked on letter (hospital, id) where state = 'parked';
create index letter_control on letter (hospital, control_id);

create table command (
    hospital    text        not null,
    id          bigint      generated always as identity,
    actor       text        not null,
    origin      text        not null,
    recorded_at timestamptz not null,
    name        text        not null,
    body        jsonb       not null,
    key         text,
    digest      bytea,
    seq_from    bigint      not null,
    seq_to      bigint      not null,
    primary key (hospital, id)
);
create unique index command_key on command (hospital, actor, key) where key is not null;
