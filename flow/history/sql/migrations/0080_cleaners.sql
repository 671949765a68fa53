-- The people who clean: a nick, a badge (its digest alone) and a PIN (argon2id); no account of their own. A shift says on which phone
-- somebody works; one phone carries one cleaner, one cleaner one phone.

create table cleaner (
    hospital  text        not null,
    id        text        not null,
    nick      text        not null,
    trained   boolean     not null default false,
    zone      text,
    shift     text,
    badge     bytea       not null,
    pin       text,
    pin_wrong integer     not null default 0,
    added_by  text        not null,
    added_at  timestamptz not null,
    left_at   timestamptz,
    primary key (hospital, id)
);
create unique index cleaner_badge on cleaner (hospital, badge);

create table cleaner_shift (
    hospital text        not null,
    cleaner  text        not null,
    device   text,
    from_at  timestamptz not null,
    to_at    timestamptz,
    foreign key (hospital, cleaner) references cleaner (hospital, id) on delete cascade
);
create unique index cleaner_shift_open on cleaner_shift (hospital, cleaner) where to_at is null;
create unique index cleaner_shift_device on cleaner_shift (hospital, device) where to_at is null and device is not null;
create index cleaner_shift_from on cleaner_shift (hospital, from_at);
