-- name: kept
-- The time of the beds in whole hours, by ward and type, told apart by the local hour or weekday; `at` is one of its hours.
-- $1 hospital, $2 from, $3 to, $4 zone, $5 hour or weekday, $6 the first day that is read as a whole, $7 the end of the last (both are $3
-- where none is)
with part as (
    select ward, type, day as at, occupied_us, free_us, coming_us, cleaning_us from bed_day
    where hospital = $1 and day >= $6 and day < $7
    union all
    select ward, type, hour, occupied_us, free_us, coming_us, cleaning_us from bed_hour where hospital = $1 and hour >= $2 and hour < $6
    union all
    select ward, type, hour, occupied_us, free_us, coming_us, cleaning_us from bed_hour where hospital = $1 and hour >= $7 and hour < $3
)
select ward, type, min(at) as at, sum(occupied_us::float8) / 1e6 as occupied,
       sum((occupied_us + free_us + coming_us + cleaning_us)::float8) / 1e6 as functional
from part
group by ward, type, date_part(case $5::text when 'hour' then 'hour' else 'isodow' end, at at time zone $4::text)

-- name: raw
-- The same of any stretch of time, from the intervals. $1 hospital, $2 from, $3 to, $4 zone, $5 hour or weekday, $6 the hour in which it begins
select ward, type, min(hour) as at, coalesce(sum(seconds) filter (where status = 'occupied'), 0) as occupied,
       coalesce(sum(seconds) filter (where status <> 'maintenance'), 0) as functional
from (
    select i.ward, i.type, i.status, hour,
           extract(epoch from least(coalesce(i.to_at, $3), $3, hour + interval '1 hour') - greatest(i.from_at, $2, hour))::float8 as seconds
    from bed_interval present
    cross join lateral (
        select * from bed_interval
        where hospital = $1 and bed = present.bed and from_at < $3::timestamptz and coalesce(to_at, 'infinity') > $2::timestamptz
          and from_at >= coalesce((select max(from_at) from bed_interval
                                   where hospital = $1 and bed = present.bed and from_at <= $2::timestamptz), '-infinity')
    ) i
    cross join lateral generate_series(
        $6::timestamptz + floor(extract(epoch from greatest(i.from_at, $2::timestamptz) - $6::timestamptz) / 3600) * interval '1 hour',
        least(i.to_at, $3::timestamptz) - interval '1 microsecond', interval '1 hour') as hour
    where present.hospital = $1 and present.to_at is null
) part
group by ward, type,
         case $5::text when 'hour' then extract(hour from hour at time zone $4::text) else extract(isodow from hour at time zone $4::text) end
