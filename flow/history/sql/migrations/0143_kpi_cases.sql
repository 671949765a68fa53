-- The cases that KPIs are added up from, a row each: what is over and goes by no clock any more. `of` is the kind of record it was read
-- from and `id` which; what is under way stands in `kpi_open` and is read from its record each time.

create table kpi_case (
    hospital    text        not null,
    of          text        not null,
    id          text        not null,
    kpi         text        not null,
    at          timestamptz not null,
    place       text        not null,
    type        text        not null,
    hour        smallint    not null,
    weekday     smallint    not null,
    numerator   float8      not null,
    denominator float8      not null,
    ending      text,
    minutes     float8      not null
);
create index kpi_case_at on kpi_case (hospital, at);
create index kpi_case_of on kpi_case (hospital, of, id);

-- `until`: when the clock alone ends it (a day's tokens).
create table kpi_open (
    hospital text not null,
    of       text not null,
    id       text not null,
    until    timestamptz,
    primary key (hospital, of, id)
);

-- A visit's requests: what is learnt late of the stay changes their waits.
create index record_request_visit on record (hospital, (body ->> 'visit')) where entity = 'request';
