-- A second factor beside the password: the secret of an authenticator app (sealed), recovery codes (keyed digests), passkeys (public keys).
-- A session says how it was proven, when last, and from where; one that a password alone has opened opens nothing else where more is asked.

create table authenticator (
    hospital     text        not null,
    account      text        not null,
    sealed       bytea       not null,
    last_step    bigint      not null,
    made_at      timestamptz not null,
    primary key (hospital, account),
    foreign key (hospital, account) references account (hospital, id) on delete cascade
);

create table recovery_code (
    hospital text        not null,
    account  text        not null,
    digest   text        not null,
    used_at  timestamptz,
    primary key (hospital, account, digest),
    foreign key (hospital, account) references account (hospital, id) on delete cascade
);

create table passkey (
    hospital   text        not null,
    id         bytea       not null,
    account    text        not null,
    public_key bytea       not null,
    uses       bigint      not null,
    name       text        not null,
    made_at    timestamptz not null,
    used_at    timestamptz,
    primary key (hospital, id),
    foreign key (hospital, account) references account (hospital, id) on delete cascade
);
create index passkey_account on passkey (hospital, account);

create table passkey_challenge (
    hospital   text        not null,
    digest     bytea       not null,
    purpose    text        not null,
    expires_at timestamptz not null,
    primary key (hospital, digest)
);

alter table session
    add column proof     text not null default 'password' check (proof in ('password', 'code', 'recovery', 'passkey')),
    add column proven_at timestamptz,
    add column address   text not null default '',
    add column agent     text not null default '';
update session set proven_at = started_at;
alter table session alter column proven_at set not null;
