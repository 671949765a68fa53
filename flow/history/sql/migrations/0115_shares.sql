-- Profiles that patients shared by scanning a counter's code (ABDM), until each has its token: sealed, and forgotten then. The request's
-- id stays, so that the same share is never two tokens. `abha` finds the patient who is known by an ABHA number, by the vault's digest.

create table share (
    hospital    text        not null,
    request     text        not null,
    received_at timestamptz not null,
    sealed      bytea,
    state       text        not null default 'received' check (state in ('received', 'answered', 'declined')),
    token       text,
    settled_at  timestamptz,
    primary key (hospital, request),
    check ((state = 'received') = (sealed is not null))
);
create index share_received on share (hospital, received_at) where state = 'received';

create table abha (
    hospital text not null,
    digest   text not null,
    patient  text not null,
    primary key (hospital, digest)
);
