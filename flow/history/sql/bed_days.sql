-- name: clear
-- $1 hospital, $2 from, $3 ward or null, $4 type or null
delete from bed_day where hospital = $1 and day >= $2 and ($3::text is null or ward = $3 and type = $4)

-- name: keep
-- Some whole days, of their hours. $1 hospital, arrays: $2 their beginnings, $3 their ends; $4 ward or null, $5 type or null
insert into bed_day
select $1, p.day, p.ward, p.type,
       sum(coalesce(occupied_us, 0)), sum(coalesce(free_us, 0)), sum(coalesce(coming_us, 0)), sum(coalesce(cleaning_us, 0)),
       sum(coalesce(out_us, 0)), sum(coalesce(taken, 0)), sum(coalesce(vacated, 0)),
       string_agg(int2send(coalesce(occupied_beds, 0)::int2) || int2send(coalesce(free_beds, 0)::int2)
                  || int2send(coalesce(coming_beds, 0)::int2) || int2send(coalesce(cleaning_beds, 0)::int2)
                  || int2send(coalesce(out_beds, 0)::int2), '' order by at.hour)
from (
    select distinct d.day, d.ends, ward, type
    from unnest($2::timestamptz[], $3::timestamptz[]) as d(day, ends)
    join bed_hour on hospital = $1 and hour >= d.day and hour < d.ends and ($4::text is null or ward = $4 and type = $5)
) p
cross join lateral generate_series(p.day, p.ends - interval '1 hour', interval '1 hour') as at(hour)
left join bed_hour h on h.hospital = $1 and h.hour = at.hour and h.ward = p.ward and h.type = p.type
group by p.day, p.ward, p.type

-- name: hours
-- The beds at each hour of some whole days, a row a ward and type: its name by what they are told apart by, the days (seconds since 1970,
-- eight bytes each), how many bytes each day's hours are (four), and these. $1 hospital, $2 the first day, $3 before,
-- $4 what they are told apart by (ward, type or nothing), $5 wards or null, $6 type or null
select case $4::text when 'ward' then ward when 'type' then type else '' end as name,
       string_agg(int8send(extract(epoch from day)::bigint), '' order by day) as days,
       string_agg(int4send(octet_length(beds)), '' order by day) as bytes, string_agg(beds, '' order by day) as beds
from bed_day
where hospital = $1 and day >= $2 and day < $3 and ($5::text[] is null or ward = any($5::text[])) and ($6::text is null or type = $6)
group by ward, type
