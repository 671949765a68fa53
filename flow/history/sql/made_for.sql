-- name: say
-- $1 hospital, $2 purpose, $3 now
insert into made_for (hospital, purpose, at) values ($1, $2, $3) on conflict (hospital) do nothing

-- name: said
-- $1 hospital
select purpose, at from made_for where hospital = $1

-- name: others
-- Hospitals of this database that are not the demo's. $1 the demo's hospital
select hospital from made_for where hospital <> $1 and purpose = 'live' order by hospital limit 1
