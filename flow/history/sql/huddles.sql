-- name: issue
-- A sheet for its huddle; one that stands is not changed. $1 hospital, $2 huddle, $3 made at, $4 the hour it counts to, $5 sheet as JSON
insert into huddle_sheet (hospital, huddle, made_at, until, sheet) values ($1, $2, $3, $4, $5) on conflict do nothing

-- name: is_issued
-- Whether a huddle has its sheet. $1 hospital, $2 huddle
select exists (select from huddle_sheet where hospital = $1 and huddle = $2)

-- name: sheet
-- The sheet of a huddle. $1 hospital, $2 huddle
select sheet, came from huddle_sheet where hospital = $1 and huddle = $2

-- name: latest
-- The newest huddles that have a sheet. $1 hospital, $2 how many
select huddle from huddle_sheet where hospital = $1 order by huddle desc limit $2

-- name: due
-- Sheets whose hour has just come and of which nobody has seen what came true. $1 hospital, $2 no earlier than, $3 now
select huddle, sheet from huddle_sheet where hospital = $1 and came is null and until >= $2 and until <= $3 order by huddle

-- name: settle
-- What came true; what was seen first stays. $1 hospital, $2 huddle, $3 what came as JSON
update huddle_sheet set came = $3 where hospital = $1 and huddle = $2 and came is null

-- name: moved
-- How many left and came by ward between two moments. $1 hospital, $2 from, $3 to
select ward, count(*) filter (where was = 'occupied' and status <> 'occupied') as gone,
       count(*) filter (where was <> 'occupied' and status = 'occupied') as come
from bed_interval where hospital = $1 and from_at > $2 and from_at <= $3 group by ward

-- name: freed
-- Which of some beds stood free at some time between two moments. $1 hospital, $2 beds, $3 from, $4 to
select distinct bed from bed_interval
where hospital = $1 and bed = any($2::text[]) and status = 'available' and from_at <= $4 and coalesce(to_at, 'infinity') > $3
  and not reserved
