-- Letters to other systems: laid down together with the follower's cursor, sent in order, kept with their answers. Bodies are sealed.
-- `charge` is what a feed was charged of each visit, unit by unit, so that a corrected history can be charged and credited again.

create table outbox (
    hospital   text        not null,
    feed       text        not null,
    id         bigint      generated always as identity,
    kind       text        not null,
    key        text        not null,
    subject    text        not null default '',
    body       bytea       not null,
    state      text        not null default 'waiting' check (state in ('waiting', 'sent', 'dead', 'dropped')),
    posted_at  timestamptz not null,
    due_at     timestamptz not null,
    attempts   integer     not null default 0,
    code       text,
    reason     text,
    settled_at timestamptz,
    primary key (hospital, id),
    unique (hospital, feed, key)
);
create index outbox_waiting on outbox (hospital, feed, id) where state = 'waiting';
create index outbox_dead on outbox (hospital, id) where state = 'dead';

create table charge (
    hospital text        not null,
    feed     text        not null,
    visit    text        not null,
    start_at timestamptz not null,
    bed      text        not null,
    type     text        not null,
    primary key (hospital, feed, visit, start_at)
);
