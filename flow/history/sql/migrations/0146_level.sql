-- How hard the house was pressed: every change of the level, with the thresholds that fired and the figures then, and the rules it went by.
-- Written by whichever process looks; `level_watch` is where its looks stand, so that a restart forgets nothing.

create table level_rules (
    hospital     text        not null,
    version      text        not null,
    first_at     timestamptz not null,
    hold_minutes integer     not null,
    levels       text        not null,
    primary key (hospital, version)
);

create table level_change (
    hospital     text        not null,
    at           timestamptz not null,
    before       smallint,
    before_name  text        not null,
    number       smallint    not null check (number > 0),
    name         text        not null,
    levels       smallint    not null,
    fired        text        not null,
    occupancy    float8,
    boarders     integer     not null,
    dirty        integer     not null,
    expected     float8,
    version      text        not null,
    unseen_since timestamptz,
    primary key (hospital, at),
    check (number <= levels)
);

create table level_watch (
    hospital    text        primary key,
    looked_at   timestamptz not null,
    lower       smallint,
    lower_since timestamptz,
    expected    float8
);
