-- name: stage_minutes
-- The stages of each turn, newest first, by ward: minutes from the request for cleaning to its beginning, and from there to a ready bed.
-- A turn of which nobody told that it began has none. $1 hospital, $2 from, $3 to, $4 most of a ward
with piece as (
    select ward, bed, status, was, stage, from_at,
           count(*) filter (where status = 'cleaning' and was is distinct from 'cleaning') over (partition by bed order by seq) as turn
    from bed_interval
    where hospital = $1 and from_at >= $2::timestamptz - interval '2 days' and from_at < $3 and 'cleaning' in (status, was)
), turn as (
    select ward, min(from_at) filter (where status = 'cleaning' and was is distinct from 'cleaning') as dirty,
           min(from_at) filter (where status = 'cleaning' and stage = 'in_progress') as begun,
           max(from_at) filter (where was = 'cleaning' and status = 'available') as ready
    from piece
    group by ward, bed, turn
), newest as (
    select ward, extract(epoch from begun - dirty)::float8 / 60 as queue, extract(epoch from ready - begun)::float8 / 60 as clean,
           row_number() over (partition by ward order by ready desc) as place
    from turn
    where dirty <= begun and begun < ready and ready >= $2
)
select ward, array_agg(queue order by place) as queue, array_agg(clean order by place) as clean
from newest where place <= $4
group by ward

-- name: minutes_late
-- How many minutes after the time last expected of them patients left their beds (negative: before it), the newest first. Where the
-- steps of a discharge said when, the expectation followed them to the end: those leavings say nothing of it.
-- $1 hospital, $2 from, $3 to, $4 most
select extract(epoch from gone.at - (before.body ->> 'expected_free_at')::timestamptz)::float8 / 60 as minutes
from log gone
cross join lateral (
    select body from told
    where hospital = gone.hospital and entity = 'bed' and entity_id = gone.entity_id and seq < gone.seq
    order by seq desc limit 1
) before
where gone.hospital = $1 and gone.kind = 'bed-vacated' and gone.recorded_at >= $2 and gone.recorded_at < $3
  and before.body ->> 'expected_free_at' is not null and before.body ->> 'latest_free_at' is null
order by gone.seq desc limit $4

-- name: turn_minutes
-- Every turn, newest first: minutes from the request for cleaning to a ready bed, by ward. $1 hospital, $2 from, $3 to, $4 most of a ward
with edge as (
    select ward, status, was, from_at, lag(from_at) over (partition by bed order by seq) as began
    from bed_interval
    where hospital = $1 and from_at >= $2::timestamptz - interval '2 days' and from_at < $3
      and (status = 'cleaning') is distinct from (was is not null and was = 'cleaning')
), turn as (
    select ward, extract(epoch from from_at - began)::float8 / 60 as minutes,
           row_number() over (partition by ward order by from_at desc) as place
    from edge
    where was = 'cleaning' and status = 'available' and from_at >= $2 and from_at - began >= interval '1 minute'
)
select ward, array_agg(minutes order by place) as minutes
from turn where place <= $4
group by ward
