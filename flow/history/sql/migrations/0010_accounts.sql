-- Who may come in: accounts with passwords, their sessions, tokens of programmes, paired devices and codes being paired.
-- Secrets are kept as digests only (passwords by argon2id), so that a copy of this table opens no door.

create table account (
    hospital    text        not null,
    id          text        not null,
    name        text        not null,
    role        text        not null,
    ward        text,
    password    text        not null,
    created_at  timestamptz not null,
    disabled_at timestamptz,
    primary key (hospital, id)
);

create table session (
    hospital   text        not null,
    digest     bytea       not null,
    account    text        not null,
    started_at timestamptz not null,
    seen_at    timestamptz not null,
    primary key (hospital, digest),
    foreign key (hospital, account) references account (hospital, id) on delete cascade
);
create index session_account on session (hospital, account);

create table token (
    hospital   text        not null,
    id         text        not null,
    digest     bytea       not null,
    role       text        not null,
    ward       text,
    created_at timestamptz not null,
    revoked_at timestamptz,
    primary key (hospital, id)
);
create unique index token_digest on token (hospital, digest);

create table device (
    hospital    text        not null,
    id          text        not null,
    kind        text        not null check (kind in ('display', 'phone')),
    name        text        not null,
    digest      bytea       not null,
    audience    text        not null check (audience in ('public', 'ward', 'staff')),
    ward        text,
    clinic      text,
    paired_by   text        not null,
    paired_at   timestamptz not null,
    seen_at     timestamptz,
    revoked_at  timestamptz,
    pin         text,
    pin_wrong   integer     not null default 0,
    unlocked_at timestamptz,
    primary key (hospital, id)
);
create unique index device_digest on device (hospital, digest);

create table pairing (
    hospital   text        not null,
    code       bytea       not null,
    digest     bytea       not null,
    kind       text        not null check (kind in ('display', 'phone')),
    expires_at timestamptz not null,
    device     text,
    primary key (hospital, digest)
);
create unique index pairing_code on pairing (hospital, code) where device is null;
