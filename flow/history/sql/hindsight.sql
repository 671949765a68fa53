-- name: came
-- Requests whose patients came to a bed in a day, with the stay. $1 hospital, $2 from, $3 to
select l.body::text as request, stay.bed, stay.from_at, stay.to_at, l.body ->> 'visit' as visit
from log l
join lateral (
    select bed, from_at, to_at from occupancy
    where hospital = $1 and holder = l.body ->> 'visit' and kind = 'occupied' and seq_to is null and bed = l.body ->> 'bed'
    order by from_at desc limit 1
) stay on true
where l.hospital = $1 and l.kind = 'request-arrived' and l.recorded_at >= $2::timestamptz - interval '1 day'
  and l.recorded_at < $3::timestamptz + interval '1 day' and l.at >= $2 and l.at < $3

-- name: lay
-- Everybody who lay in a bed at some time from a day on. $1 hospital, $2 from, $3 to
select o.holder as visit, o.bed, o.from_at, o.to_at, v.body ->> 'sex' as sex, v.body -> 'care' ->> 'isolation' as isolation,
       v.body -> 'care' ->> 'organism' as organism
from occupancy o
left join record v on v.hospital = $1 and v.entity = 'visit' and v.entity_id = o.holder
where o.hospital = $1 and o.kind = 'occupied' and o.seq_to is null and o.from_at < $3 and coalesce(o.to_at, 'infinity') > $2

-- name: out
-- Beds out of use. $1 hospital, $2 from, $3 to
select bed, from_at, to_at from bed_interval
where hospital = $1 and status = 'maintenance' and from_at < $3 and coalesce(to_at, 'infinity') > $2
