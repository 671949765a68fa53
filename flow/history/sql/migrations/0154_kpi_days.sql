-- What the kept cases of each day of the hospital add up to: by place, type and weekday, and by hour of the day. `over` and `waited` are the
-- minutes of its spans, eight bytes each. A year is a fifth of its cases.

create table kpi_day (
    hospital    text        not null,
    day         timestamptz not null,
    kpi         text        not null,
    place       text        not null,
    type        text        not null,
    weekday     smallint    not null,
    numerator   float8      not null,
    denominator float8      not null,
    otherwise   integer     not null,
    invalid     integer     not null,
    over        bytea,
    waited      bytea
);
create index kpi_day_day on kpi_day (hospital, day);

create table kpi_day_hour (
    hospital    text        not null,
    day         timestamptz not null,
    kpi         text        not null,
    hour        smallint    not null,
    numerator   float8      not null,
    denominator float8      not null,
    otherwise   integer     not null,
    invalid     integer     not null,
    over        bytea,
    waited      bytea
);
create index kpi_day_hour_day on kpi_day_hour (hospital, day);

-- Days of what is kept already; where this database does not know the hospital's clock, all cases are written anew.
delete from kept where figures = 'cases' and not exists (
    select from kept h join pg_timezone_names z on z.name = h.rules where h.figures = 'hours' and h.hospital = kept.hospital);

insert into kpi_day
select c.hospital, date_trunc('day', at, h.rules), kpi, place, type, weekday, sum(numerator), sum(denominator),
       count(*) filter (where ending = 'gone'), count(*) filter (where ending = 'invalid'),
       string_agg(float8send(minutes), '') filter (where ending = 'over'), string_agg(float8send(minutes), '') filter (where ending = 'gone')
from kpi_case c join kept h on h.hospital = c.hospital and h.figures = 'hours'
where exists (select from kept where figures = 'cases' and hospital = c.hospital)
group by 1, 2, 3, 4, 5, 6;

insert into kpi_day_hour
select c.hospital, date_trunc('day', at, h.rules), kpi, hour, sum(numerator), sum(denominator),
       count(*) filter (where ending = 'gone'), count(*) filter (where ending = 'invalid'),
       string_agg(float8send(minutes), '') filter (where ending = 'over'), string_agg(float8send(minutes), '') filter (where ending = 'gone')
from kpi_case c join kept h on h.hospital = c.hospital and h.figures = 'hours'
where exists (select from kept where figures = 'cases' and hospital = c.hospital)
group by 1, 2, 3, 4;

-- Of leavings that were told late, those a minute late or more: what ghosts are read from. All others are the time that a letter takes.
drop index bed_interval_late;
create index bed_interval_late on bed_interval (hospital, from_at)
    where was = 'occupied' and status <> 'occupied' and recorded_at - from_at >= interval '1 minute';

-- Who lay anywhere at a moment as it was known at another: replaced stays, most of which never ended, are left out by the index.
drop index occupancy_covering;
create index occupancy_covering on occupancy using gist (tstzrange(from_at, to_at), int8range(seq_from, seq_to)) where kind = 'occupied';
