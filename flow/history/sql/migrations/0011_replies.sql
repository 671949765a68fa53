-- Answers already given to an Idempotency-Key, so that the same request again gets the same answer.
-- Bodies are sealed: an answer may hold a name.

create table reply (
    hospital   text        not null,
    actor      text        not null,
    key        text        not null,
    digest     bytea       not null,
    status     integer     not null,
    body       bytea       not null,
    created_at timestamptz not null,
    primary key (hospital, actor, key)
);
create index reply_age on reply (hospital, created_at);
