-- name: begun
-- When the first bed was opened. $1 hospital
select from_at from bed_interval where hospital = $1 order by from_at limit 1

-- name: stretches_head
-- The last Seq that changed a bed. $1 hospital
select coalesce(max(seq), 0) from bed_interval where hospital = $1

-- name: touched
-- Whose hours before a moment were changed since a Seq, and from when on: a stretch that begins cuts off the one before it, whose ward or
-- type may have been another. $1 hospital, $2 seq, $3 before
select place.ward, place.type, min(news.from_at) as since
from bed_interval news
cross join lateral (
    select ward, type from bed_interval
    where hospital = news.hospital and bed = news.bed and from_at <= news.from_at and seq <= news.seq
    order by from_at desc, seq desc limit 2
) place
where news.hospital = $1 and news.seq > $2 and news.from_at < $3
group by 1, 2

-- name: clear
-- $1 hospital, $2 from, $3 ward or null, $4 type or null
delete from bed_hour where hospital = $1 and hour >= $2 and ($3::text is null or ward = $3 and type = $4)

-- name: keep
-- Count some hours anew (cleared before), each stretch in each hour that it lies in. The open stretches name the beds; each bed's are
-- found by its index. $1 hospital, $2 the first hour, $3 the end of the last, $4 ward or null, $5 type or null
insert into bed_hour
select $1, hour, ward, type,
       count(*) filter (where state = 'occupied' and starts), count(*) filter (where state = 'free' and starts),
       count(*) filter (where state = 'coming' and starts), count(*) filter (where state = 'cleaning' and starts),
       count(*) filter (where state = 'out' and starts),
       coalesce(sum(us) filter (where state = 'occupied'), 0), coalesce(sum(us) filter (where state = 'free'), 0),
       coalesce(sum(us) filter (where state = 'coming'), 0), coalesce(sum(us) filter (where state = 'cleaning'), 0),
       coalesce(sum(us) filter (where state = 'out'), 0),
       count(*) filter (where taken and begins), count(*) filter (where vacated and begins)
from (
    select hour, piece.ward, piece.type, piece.state, piece.taken, piece.vacated, piece.from_at >= hour as begins,
           piece.from_at <= hour and piece.to_at > hour as starts,
           (extract(epoch from least(piece.to_at, hour + interval '1 hour') - greatest(piece.from_at, hour)) * 1000000)::bigint as us
    from (
        select i.ward, i.type, i.from_at, coalesce(i.to_at, 'infinity') as to_at,
               case i.status when 'available' then case when i.reserved then 'coming' else 'free' end when 'maintenance' then 'out'
                   else i.status end as state,
               i.status = 'occupied' and i.was is distinct from 'occupied' as taken,
               i.status <> 'occupied' and i.was = 'occupied' as vacated
        from bed_interval present
        cross join lateral (
            select * from bed_interval
            where hospital = $1 and bed = present.bed and from_at < $3::timestamptz and coalesce(to_at, 'infinity') >= $2::timestamptz
              and from_at >= coalesce((select max(from_at) from bed_interval
                                       where hospital = $1 and bed = present.bed and from_at <= $2::timestamptz), '-infinity')
        ) i
        where present.hospital = $1 and present.to_at is null and ($4::text is null or i.ward = $4 and i.type = $5)
    ) piece
    cross join lateral generate_series(
        $2::timestamptz + floor(extract(epoch from greatest(piece.from_at, $2::timestamptz) - $2::timestamptz) / 3600) * interval '1 hour',
        least(piece.to_at, $3::timestamptz - interval '1 microsecond'), interval '1 hour') as hour
) part
where us > 0 or begins
group by hour, ward, type
order by hour, ward, type

-- name: kept_seconds
-- The time of whole hours, by ward and type, of whole days as kept by the day: microseconds below 2^53 are whole numbers as float8, too,
-- which add up faster. $1 hospital, $2 from, $3 to, $4 the first whole day, $5 the end of the last (both are $3 where there is none)
with part as (
    select ward, type, occupied_us, free_us, coming_us, cleaning_us, out_us, taken, vacated from bed_day
    where hospital = $1 and day >= $4 and day < $5
    union all
    select ward, type, occupied_us, free_us, coming_us, cleaning_us, out_us, taken, vacated from bed_hour
    where hospital = $1 and hour >= $2 and hour < $4
    union all
    select ward, type, occupied_us, free_us, coming_us, cleaning_us, out_us, taken, vacated from bed_hour
    where hospital = $1 and hour >= $5 and hour < $3
)
select ward, type, sum(occupied_us::float8) / 1e6 as occupied, sum(free_us::float8) / 1e6 as free, sum(coming_us::float8) / 1e6 as coming,
       sum(cleaning_us::float8) / 1e6 as cleaning, sum(out_us::float8) / 1e6 as out, sum(taken)::int as taken, sum(vacated)::int as vacated
from part
group by 1, 2

-- name: raw_seconds
-- The same of any stretch of time, from the intervals. $1 hospital, $2 from, $3 to
select ward, type, coalesce(sum(seconds) filter (where status = 'occupied'), 0) as occupied,
       coalesce(sum(seconds) filter (where status = 'available' and not reserved), 0) as free,
       coalesce(sum(seconds) filter (where status = 'available' and reserved), 0) as coming,
       coalesce(sum(seconds) filter (where status = 'cleaning'), 0) as cleaning,
       coalesce(sum(seconds) filter (where status = 'maintenance'), 0) as out,
       count(*) filter (where from_at >= $2 and status = 'occupied' and was is distinct from 'occupied')::int as taken,
       count(*) filter (where from_at >= $2 and status <> 'occupied' and was = 'occupied')::int as vacated
from (
    select i.*, extract(epoch from least(coalesce(i.to_at, $3), $3) - greatest(i.from_at, $2))::float8 as seconds
    from bed_interval present
    cross join lateral (
        select * from bed_interval
        where hospital = $1 and bed = present.bed and from_at < $3::timestamptz and coalesce(to_at, 'infinity') >= $2::timestamptz
          and from_at >= coalesce((select max(from_at) from bed_interval
                                   where hospital = $1 and bed = present.bed and from_at <= $2::timestamptz), '-infinity')
    ) i
    where present.hospital = $1 and present.to_at is null
) piece
group by 1, 2

-- name: kept_moments
-- Beds at every whole hour of a time, by ward or type where asked for. $1 hospital, $2 the first, $3 before,
-- $4 what they are told apart by (ward, type or nothing), $5 wards or null, $6 type or null
select hour as at, case $4::text when 'ward' then ward when 'type' then type else '' end as name,
       sum(occupied_beds)::int as occupied, sum(free_beds)::int as free, sum(coming_beds)::int as coming,
       sum(cleaning_beds)::int as cleaning, sum(out_beds)::int as out
from bed_hour
where hospital = $1 and hour >= $2 and hour < $3 and ($5::text[] is null or ward = any($5::text[])) and ($6::text is null or type = $6)
group by 1, 2

-- name: kept_midnights
-- Beds at some moments that are whole hours, by ward and type; moments of one group are added up, under the first of them.
-- $1 hospital, arrays of equal length: $2 moments, $3 groups
select min(hour) as at, ward, type, sum(occupied_beds)::int as occupied, sum(free_beds)::int as free, sum(coming_beds)::int as coming,
       sum(cleaning_beds)::int as cleaning, sum(out_beds)::int as out
from unnest($2::timestamptz[], $3::int[]) as n(at, part) join bed_hour on hospital = $1 and hour = n.at
group by n.part, ward, type

-- name: raw_moment
-- The same of one moment, from the intervals: each bed's last that had begun. $1 hospital, $2 moment
select $2::timestamptz as at, ward, type, count(*) filter (where status = 'occupied')::int as occupied,
       count(*) filter (where status = 'available' and not reserved)::int as free,
       count(*) filter (where status = 'available' and reserved)::int as coming,
       count(*) filter (where status = 'cleaning')::int as cleaning, count(*) filter (where status = 'maintenance')::int as out
from (select bed from bed_interval where hospital = $1 and to_at is null) present
cross join lateral (
    select ward, type, status, reserved from bed_interval
    where hospital = $1 and bed = present.bed and from_at <= $2::timestamptz
    order by from_at desc, seq desc limit 1
) i
group by 2, 3

-- name: raw_changes
-- How many beds enter (+) or leave (-) each state before each moment of a grid; summed up they are the counts at that moment.
-- $1 hospital, $2 first moment, $3 last moment, $4 seconds between two, $5 what they are told apart by, $6 wards or null, $7 type or null
with piece as (
    select case $5::text when 'ward' then i.ward when 'type' then i.type else '' end as name,
           case status when 'available' then case when reserved then 'coming' else 'free' end when 'maintenance' then 'out' else status end
               as state,
           greatest(from_at, $2) as from_at, to_at
    from (select bed from bed_interval where hospital = $1 and to_at is null) present
    cross join lateral (
        select * from bed_interval
        where hospital = $1 and bed = present.bed and from_at <= $3::timestamptz and coalesce(to_at, 'infinity') > $2::timestamptz
          and from_at >= coalesce((select max(from_at) from bed_interval
                                   where hospital = $1 and bed = present.bed and from_at <= $2::timestamptz), '-infinity')
    ) i
    where ($6::text[] is null or i.ward = any($6::text[])) and ($7::text is null or i.type = $7)
), change as (
    select name, state, from_at as at, 1 as step from piece
    union all
    select name, state, to_at, -1 from piece where to_at <= $3
)
select name, state, ceil(extract(epoch from at - $2) / $4::float8)::int as moment, sum(step)::int as step
from change group by 1, 2, 3
