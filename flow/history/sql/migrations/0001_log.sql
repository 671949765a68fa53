-- The log: every event, numbered, with its cause; and the records as they stand after the last one.
-- `head` is the hospital's last Seq; the advisory lock of the desk's transaction serialises appends.

create table head (
    hospital text primary key,
    seq      bigint not null,
    epoch    text   not null
);

create table log (
    hospital    text        not null,
    seq         bigint      not null,
    kind        text        not null,
    entity      text        not null,
    entity_id   text        not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    origin      text        not null,
    actor       text        not null,
    letter      bigint,
    command     bigint,
    body        jsonb       not null,
    primary key (hospital, seq)
);
create index log_entity on log (hospital, entity, entity_id, seq);
create index log_recorded on log (hospital, recorded_at, seq);
create index log_letter on log (hospital, letter) where letter is not null;
create index log_command on log (hospital, command) where command is not null;

create table record (
    hospital  text    not null,
    entity    text    not null,
    entity_id text    not null,
    seq       bigint  not null,
    live      boolean not null,
    patient   text,
    body      jsonb   not null,
    primary key (hospital, entity, entity_id)
);
create index record_live on record (hospital, entity) where live;
create index record_patient on record (hospital, patient) where patient is not null;
