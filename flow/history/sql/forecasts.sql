-- name: began
-- When the log begins. $1 hospital
select recorded_at from log where hospital = $1 order by seq limit 1

-- name: pieces
-- The stretches in which beds were occupied or out of use, with the leaving expected then. $1 hospital, $2 from, $3 to
select b.bed, b.ward, case when b.status = 'occupied' then coalesce(b.visit, b.bed) end as visit, b.from_at, b.to_at, b.recorded_at,
       (l.body ->> 'expected_free_at')::timestamptz as expected
from bed_interval b
left join log l on l.hospital = b.hospital and l.seq = b.seq
where b.hospital = $1 and b.status in ('occupied', 'maintenance') and b.from_at <= $3 and coalesce(b.to_at, 'infinity') > $2

-- name: planned
-- Requests that plans of the HIS made: those open, and those closed since a moment. $1 hospital, $2 from
select body::text as body from record
where hospital = $1 and entity = 'request' and live and body ->> 'made_by' = 'plan'
union all
select body::text from record
where hospital = $1 and entity = 'request' and not live and body ->> 'made_by' = 'plan'
  and seq >= (select seq from log where hospital = $1 and recorded_at >= $2 order by recorded_at limit 1)

-- name: issue
-- One row of a forecast; what was issued already stays. $1 hospital, $2 huddle, $3 made at, $4 days of history, $5 level, $6 name, $7 hours,
-- $8 occupied, $9 staffed, $10 low, $11 chances, $12 short, $13 state, $14 and $15 widened
insert into forecast (hospital, huddle, made_at, days, level, name, hours, occupied, staffed, low, chances, short, state, widen_80, widen_90)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict do nothing

-- name: is_issued
-- Whether a huddle has its forecast. $1 hospital, $2 huddle
select exists (select from forecast where hospital = $1 and huddle = $2)

-- name: issued
-- The forecasts of the huddles since a moment, the house first. $1 hospital, $2 from
select huddle, made_at, days, level, name, hours, occupied, staffed, low, chances, short, state, widen_80, widen_90
from forecast where hospital = $1 and huddle >= $2
order by huddle, hours, array_position(array['house', 'specialty', 'ward'], level), name

-- name: last_huddle
-- The newest huddle that has a forecast. $1 hospital
select max(huddle) from forecast where hospital = $1

-- name: house_in
-- The newest forecast of the house whose hours have not passed. $1 hospital, $2 hours, $3 now
select huddle, made_at, days, level, name, hours, occupied, staffed, low, chances, short, state, widen_80, widen_90
from forecast where hospital = $1 and level = 'house' and hours = $2 and made_at <= $3 and made_at > $3 - make_interval(hours => $2)
order by huddle desc limit 1

-- name: judge
-- One verdict; what the day has already stays. $1 hospital, $2 day, then the figures in the table's order
insert into forecast_verdict values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
on conflict do nothing

-- name: last_judged
-- The newest day that has a back-test. $1 hospital
select max(day) from forecast_verdict where hospital = $1

-- name: verdicts
-- Those of a day. $1 hospital, $2 day
select * from forecast_verdict where hospital = $1 and day = $2
order by hours, array_position(array['house', 'specialty', 'ward'], level), name
