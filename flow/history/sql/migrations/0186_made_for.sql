-- Whom a database was made for: a hospital (live), or a demo with made-up patients. Said once, by whoever first serves it.
create table made_for (
    hospital text        primary key,
    purpose  text        not null check (purpose in ('demo', 'live')),
    at       timestamptz not null
);
