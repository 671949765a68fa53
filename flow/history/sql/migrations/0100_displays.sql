-- What paired displays have shown: the streams they held open, and the stretches of time for which they said themselves what they had drawn.
-- Rows are few: one for each connection, one for each stretch; a screen that is not live adds one a minute at most.

create table display_link (
    hospital  text        not null,
    id        text        not null,
    device    text        not null,
    topics    text        not null,
    audience  text        not null,
    opened_at timestamptz not null,
    heard_at  timestamptz not null,
    closed_at timestamptz,
    why       text        not null default '' check (why in ('', 'left', 'shut-out')),
    primary key (hospital, id)
);
create index display_link_device on display_link (hospital, device, opened_at desc);

create table display_stretch (
    hospital   text        not null,
    device     text        not null,
    topics     text        not null,
    audience   text        not null,
    from_at    timestamptz not null,
    until_at   timestamptz not null,
    from_seq   bigint      not null,
    seq        bigint      not null,
    from_as_of timestamptz not null,
    as_of      timestamptz not null,
    live       boolean     not null,
    primary key (hospital, device, from_at, topics, audience)
);
