-- name: touched
-- What some entries of the log speak of, of which cases are made: visits, requests, discharges, tokens, cleaning jobs; and what goes by a
-- visit's stays. $1 hospital, $2 after this Seq, $3 up to this one
with told as materialized (
    select distinct entity, entity_id, case when entity = 'bed' then body #>> '{job,id}' end as job
    from log where hospital = $1 and seq > $2 and seq <= $3 and entity in ('visit', 'request', 'discharge', 'token', 'bed')
)
select entity as of, entity_id as id from told where entity <> 'bed'
union
select 'job', job from told where job is not null
union
select 'discharge', entity_id from told where entity = 'visit'
union
select 'request', request.entity_id from told
join record request on request.hospital = $1 and request.entity = 'request' and request.body ->> 'visit' = told.entity_id
where told.entity = 'visit'

-- name: under_way
-- What is kept as under way; that which the clock alone has ended by a moment, or all of it. $1 hospital, $2 moment or null
select of, id from kpi_open where hospital = $1 and ($2::timestamptz is null or until <= $2)

-- name: exits
-- Visits that are finished: the last of their beds, when the first was taken, when the last was left. $1 hospital, $2 visits. Each visit's
-- record is looked up by itself (`limit`): in a table without statistics a join read all of them for each
select stay.holder as id, last.bed, stay.came_at, stay.left_at
from (
    select holder, min(from_at) as came_at, max(coalesce(to_at, 'infinity')) as left_at from occupancy
    where hospital = $1 and kind = 'occupied' and seq_to is null and holder = any($2::text[])
    group by holder
) stay
cross join lateral (
    select from record
    where hospital = $1 and entity = 'visit' and entity_id = stay.holder and body #>> '{course,status}' = 'finished' limit 1
) finished
cross join lateral (
    select bed from occupancy
    where hospital = $1 and holder = stay.holder and kind = 'occupied' and seq_to is null and to_at = stay.left_at
    order by from_at desc, bed limit 1
) last
where stay.left_at < 'infinity'

-- name: cleans
-- Cleaning jobs, over and under way, and the minutes for which the work was paused. $1 hospital, $2 jobs, $3 now
select job.*, extract(epoch from pauses.time)::float8 / 60 as paused
from (
    select id, bed, asked_at, started_at, cleaned_at, ended_at, outcome from clean_job where hospital = $1 and id = any($2::text[])
    union all
    select j.id, bed.entity_id, j.asked_at, j.started_at, j.cleaned_at, null, null
    from record bed
    cross join lateral json_to_record(case when json_typeof(bed.body -> 'job') = 'object' then bed.body -> 'job' else '{}'::json end)
        as j(id text, asked_at timestamptz, started_at timestamptz, cleaned_at timestamptz, ended_at timestamptz)
    where bed.hospital = $1 and bed.entity = 'bed' and j.ended_at is null and j.id = any($2::text[])
) job
cross join lateral (
    select coalesce(sum(least(coalesce(to_at, $3), coalesce(job.cleaned_at, $3)) - from_at), interval '0') as time
    from bed_interval
    where hospital = $1 and bed = job.bed and stage = 'suspended' and from_at >= job.started_at and from_at < coalesce(job.cleaned_at, $3)
) pauses

-- name: requests
-- Requests with their bed: since when the patient has lain in it, when it was last clean before that (of one that waits for its patient,
-- before now), and how it stands now. A bed's stretches are read near the coming. $1 hospital, $2 requests
with asked as materialized (
    select request.entity_id as id, request.live, body, told.visit, told.bed, told.status
    from record request
    cross join lateral json_to_record(request.body) as told(visit text, bed text, status text)
    where request.hospital = $1 and request.entity = 'request' and request.entity_id = any($2::text[])
)
select asked.id, asked.live, asked.body, lain.at as occupied_at, clean.at as clean_at, present.status
from asked
left join lateral (
    select from_at as at from occupancy
    where hospital = $1 and holder = asked.visit and kind = 'occupied' and seq_to is null and bed = asked.bed and asked.status = 'arrived'
    order by from_at desc limit 1
) lain on true
left join lateral (
    select min(seq) as seq from bed_interval
    where hospital = $1 and bed = asked.bed and status = 'occupied' and visit = asked.visit and asked.status = 'arrived'
      and from_at >= lain.at - interval '1 day' and from_at <= lain.at + interval '7 days'
) taken on true
left join lateral (
    select from_at as at from bed_interval
    where hospital = $1 and bed = asked.bed and was = 'cleaning' and status = 'available' and (taken.seq is null or seq < taken.seq)
      and from_at <= coalesce(lain.at + interval '7 days', 'infinity')
    order by from_at desc, seq desc limit 1
) clean on true
left join bed_interval present on present.hospital = $1 and present.bed = asked.bed and present.to_at is null

-- name: discharges
-- Discharges with the bed in which the patient lies or lay last. $1 hospital, $2 discharges
select discharge.entity_id as id, discharge.live, discharge.body, stay.bed
from record discharge
left join lateral (
    select bed from occupancy
    where hospital = $1 and holder = discharge.entity_id and kind = 'occupied' and seq_to is null
    order by from_at desc limit 1
) stay on true
where discharge.hospital = $1 and discharge.entity = 'discharge' and discharge.entity_id = any($2::text[])

-- name: tokens
-- $1 hospital, $2 tokens
select entity_id as id, body from record where hospital = $1 and entity = 'token' and entity_id = any($2::text[])

-- name: forget
-- The cases of some records, to be written anew; returns by which moments they belonged to a period. $1 hospital, then arrays of equal
-- length: $2 kinds of records, $3 ids
with told as materialized (
    select * from unnest($2::text[], $3::text[]) as n(of, id)
), opened as (
    delete from kpi_open using told where kpi_open.hospital = $1 and kpi_open.of = told.of and kpi_open.id = told.id
)
delete from kpi_case using told where kpi_case.hospital = $1 and kpi_case.of = told.of and kpi_case.id = told.id
returning kpi_case.at

-- name: clear_cases
-- $1 hospital
delete from kpi_case where hospital = $1

-- name: clear_days
-- $1 hospital, $2 days
delete from kpi_day where hospital = $1 and day = any($2::timestamptz[])

-- name: clear_day_hours
-- $1 hospital, $2 days
delete from kpi_day_hour where hospital = $1 and day = any($2::timestamptz[])

-- name: clear_days_from
-- $1 hospital, $2 from this day on
delete from kpi_day where hospital = $1 and day >= $2

-- name: clear_day_hours_from
-- $1 hospital, $2 from this day on
delete from kpi_day_hour where hospital = $1 and day >= $2

-- name: keep_days
-- Some days (cleared before) by place, type and weekday. $1 hospital, arrays: $2 their beginnings, $3 their ends
insert into kpi_day
select $1, d.day, kpi, place, type, weekday, sum(numerator), sum(denominator),
       count(*) filter (where ending = 'gone'), count(*) filter (where ending = 'invalid'),
       string_agg(float8send(minutes), '') filter (where ending = 'over'), string_agg(float8send(minutes), '') filter (where ending = 'gone')
from unnest($2::timestamptz[], $3::timestamptz[]) as d(day, ends)
join kpi_case on hospital = $1 and at >= d.day and at < d.ends
group by d.day, kpi, place, type, weekday

-- name: keep_day_hours
-- The same by hour of the day. $1 hospital, arrays: $2 their beginnings, $3 their ends
insert into kpi_day_hour
select $1, d.day, kpi, hour, sum(numerator), sum(denominator),
       count(*) filter (where ending = 'gone'), count(*) filter (where ending = 'invalid'),
       string_agg(float8send(minutes), '') filter (where ending = 'over'), string_agg(float8send(minutes), '') filter (where ending = 'gone')
from unnest($2::timestamptz[], $3::timestamptz[]) as d(day, ends)
join kpi_case on hospital = $1 and at >= d.day and at < d.ends
group by d.day, kpi, hour

-- name: clear_open
-- $1 hospital
delete from kpi_open where hospital = $1

-- name: kept_of
-- By which moments the kept cases of some records belong to a period. $1 hospital, arrays: $2 kinds of records, $3 ids
select distinct at from kpi_case join unnest($2::text[], $3::text[]) as n(of, id) on kpi_case.hospital = $1 and kpi_case.of = n.of and kpi_case.id = n.id

-- name: sums
-- What the kept cases of a period add up to, by KPI and by what they are cut by; minutes of spans as they are, eight bytes each. Whole days
-- as kept by the day, the rest case by case; cases of records that the log has spoken of since are left to whoever reads these.
-- $1 hospital, $2 and $3 beginnings and ends of what is read case by case, $4 ward or null, $5 type or null,
-- $6 ward, type, hour, weekday or nothing, then arrays of equal length: $7 kinds of records, $8 ids;
-- $9 the first whole day, $10 the end of the last, $11 days among them that are read case by case
with part as (
    select kpi, case $6::text when 'ward' then place when 'type' then type when 'hour' then to_char(hour, 'FM00')
                              when 'weekday' then weekday::text else '' end as name,
           numerator, denominator, (ending is not distinct from 'gone')::int as otherwise,
           (ending is not distinct from 'invalid')::int as invalid,
           case ending when 'over' then float8send(minutes) end as over, case ending when 'gone' then float8send(minutes) end as waited
    from unnest($2::timestamptz[], $3::timestamptz[]) as d(from_at, to_at)
    join kpi_case on hospital = $1 and at >= d.from_at and at < d.to_at
    where ($4::text is null or place = $4) and ($5::text is null or type = $5)
      and not exists (select from unnest($7::text[], $8::text[]) as n(of, id) where n.of = kpi_case.of and n.id = kpi_case.id)
    union all
    select kpi, case $6::text when 'ward' then place when 'type' then type when 'weekday' then weekday::text else '' end,
           numerator, denominator, otherwise, invalid, over, waited
    from kpi_day
    where $6::text <> 'hour' and hospital = $1 and day >= $9 and day < $10 and day <> all($11::timestamptz[])
      and ($4::text is null or place = $4) and ($5::text is null or type = $5)
    union all
    select kpi, to_char(hour, 'FM00'), numerator, denominator, otherwise, invalid, over, waited
    from kpi_day_hour
    where $6::text = 'hour' and hospital = $1 and day >= $9 and day < $10 and day <> all($11::timestamptz[])
)
select kpi, name, sum(numerator) as numerator, sum(denominator) as denominator, sum(otherwise)::int as otherwise,
       sum(invalid)::int as invalid, coalesce(string_agg(over, ''), '') as over, coalesce(string_agg(waited, ''), '') as waited
from part
group by 1, 2
