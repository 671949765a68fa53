-- Forecasts of occupied beds as they were issued before the huddles: a row for the house, each specialty and each ward at each horizon.
-- `chances` are those of `low`, `low` + 1, ... occupied beds; nothing in it is ever changed: the back-test judges what was on the table.

create table forecast (
    hospital   text        not null,
    huddle     timestamptz not null,
    made_at    timestamptz not null,
    days       float8      not null,
    level      text        not null check (level in ('house', 'specialty', 'ward')),
    name       text        not null,
    hours      smallint    not null check (hours > 0),
    occupied   integer     not null,
    staffed    integer     not null,
    low        integer     not null,
    chances    float8[]    not null,
    short      float8      not null,
    state      text        not null check (state in ('forecast', 'calibrating')),
    widen_80   integer     not null,
    widen_90   integer     not null,
    primary key (hospital, huddle, level, name, hours),
    check (made_at <= huddle)
);
