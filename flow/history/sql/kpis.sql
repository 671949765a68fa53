-- name: beds_at
-- Occupied and functional beds (not out of use) at a moment, by ward and type. $1 hospital, $2 moment
select ward, type, count(*) filter (where status = 'occupied')::float8 as occupied, count(*)::float8 as functional
from bed_interval
where hospital = $1 and from_at <= $2 and coalesce(to_at, 'infinity') > $2 and status <> 'maintenance'
group by 1, 2

-- name: midnights
-- The same at each of some moments, in one pass: how many of them lie before a stretch begins, and before it ends.
-- $1 hospital, $2 the first, $3 the last, $4 all of them in order
select ($4::timestamptz[])[midnight] as at, ward, type, count(*) filter (where status = 'occupied')::float8 as occupied, count(*)::float8 as functional
from (
    select ward, type, status, width_bucket(from_at - interval '1 microsecond', $4::timestamptz[]) as before,
           width_bucket(coalesce(to_at, 'infinity') - interval '1 microsecond', $4::timestamptz[]) as until
    from bed_interval
    where hospital = $1 and from_at <= $3 and coalesce(to_at, 'infinity') > $2 and status <> 'maintenance'
) piece
cross join lateral generate_series(before + 1, until) as midnight
where before < until
group by 1, 2, 3

-- name: bed_seconds
-- Seconds of occupied and of functional beds in a period, by ward and type. $1 hospital, $2 from, $3 to
select ward, type, coalesce(sum(seconds) filter (where status = 'occupied'), 0)::float8 as occupied, sum(seconds)::float8 as functional
from (
    select ward, type, status, extract(epoch from least(coalesce(to_at, $3), $3) - greatest(from_at, $2)) as seconds
    from bed_interval
    where hospital = $1 and from_at < $3 and coalesce(to_at, 'infinity') > $2 and status <> 'maintenance'
) piece
group by 1, 2

-- name: exits
-- Visits that ended in a period with the leaving of a bed: that bed, when the first of their beds was taken, when the last was left.
-- A visit's facts are long and its course stands before them: the status is found as text, which is a tenth of the time of parsing it all.
-- $1 hospital, $2 from, $3 to
with last as (
    select distinct on (holder) holder, bed, to_at from occupancy
    where hospital = $1 and kind = 'occupied' and seq_to is null and to_at >= $2 and to_at < $3
    order by holder, to_at desc
)
select last.bed, stay.came_at, last.to_at as left_at
from last
cross join lateral (
    select min(from_at) as came_at, max(coalesce(to_at, 'infinity')) as left_at from occupancy
    where hospital = $1 and holder = last.holder and kind = 'occupied' and seq_to is null
) stay
join record visit on visit.hospital = $1 and visit.entity = 'visit' and visit.entity_id = last.holder
where stay.left_at = last.to_at and visit.body::text like '%"course":{"status":"finished",%'

-- name: cleans
-- Cleaning jobs asked for in a period, over and under way, and the minutes for which the work was paused.
-- $1 hospital, $2 from, $3 to, $4 now
select job.*, extract(epoch from pauses.time)::float8 / 60 as paused
from (
    select bed, asked_at, started_at, cleaned_at, ended_at, outcome from clean_job
    where hospital = $1 and ended_at >= $2 and asked_at >= $2 and asked_at < $3
    union all
    select bed.entity_id, j.asked_at, j.started_at, j.cleaned_at, null, null
    from record bed
    cross join lateral json_to_record(case when json_typeof(bed.body -> 'job') = 'object' then bed.body -> 'job' else '{}'::json end)
        as j(asked_at timestamptz, started_at timestamptz, cleaned_at timestamptz, ended_at timestamptz)
    where bed.hospital = $1 and bed.entity = 'bed' and j.ended_at is null and j.asked_at >= $2 and j.asked_at < $3
) job
cross join lateral (
    select coalesce(sum(least(coalesce(to_at, $4), coalesce(job.cleaned_at, $4)) - from_at), interval '0') as time
    from bed_interval
    where hospital = $1 and bed = job.bed and stage = 'suspended' and from_at >= job.started_at and from_at < coalesce(job.cleaned_at, $4)
) pauses

-- name: requests
-- Requests open, or changed since a moment, with their bed: since when the patient has lain in it, when it was last clean before that
-- (of one that waits for its patient, before now), and how it stands now. A body is read once, and a bed's stretches near the coming.
-- $1 hospital, $2 since
with asked as materialized (
    select body, told.visit, told.bed, told.status
    from record request
    cross join lateral json_to_record(request.body) as told(visit text, bed text, status text)
    where request.hospital = $1 and request.entity = 'request'
      and (request.live or request.seq >= (select seq from log where hospital = $1 and recorded_at >= $2 order by recorded_at, seq limit 1))
)
select asked.body, lain.at as occupied_at, clean.at as clean_at, present.status
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
    order by from_at desc, seq desc limit 1
) clean on true
left join bed_interval present on present.hospital = $1 and present.bed = asked.bed and present.to_at is null

-- name: discharges
-- Discharges under way, or changed since a moment, with the bed in which the patient lies or lay last. $1 hospital, $2 since
select discharge.body, stay.bed
from record discharge
left join lateral (
    select bed from occupancy
    where hospital = $1 and holder = discharge.entity_id and kind = 'occupied' and seq_to is null
    order by from_at desc limit 1
) stay on true
where discharge.hospital = $1 and discharge.entity = 'discharge'
  and (discharge.live or discharge.seq >= (select seq from log where hospital = $1 and recorded_at >= $2 order by recorded_at, seq limit 1))

-- name: tokens
-- Outpatient tokens changed since a moment. $1 hospital, $2 since
select body from record
where hospital = $1 and entity = 'token' and seq >= (select seq from log where hospital = $1 and recorded_at >= $2 order by recorded_at, seq limit 1)
