-- name: comings
-- Patients who came to each bed in these hours of each of the last days, by sex. $1 hospital, $2 now, $3 hours as interval, $4 days
select l.entity_id as bed, l.body ->> 'sex' as sex, count(*)::int as comings
from generate_series(1, $4::int) as day
join log l on l.recorded_at >= $2::timestamptz - day * interval '1 day' and l.recorded_at < $2::timestamptz - day * interval '1 day' + $3
where l.hospital = $1 and l.kind = 'bed-occupied'
group by 1, 2

-- name: first_recorded
-- When the log begins. $1 hospital
select recorded_at from log where hospital = $1 order by seq limit 1
