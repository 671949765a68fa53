-- name: clear_records
-- $1 hospital
delete from record where hospital = $1

-- name: clear_stays
-- $1 hospital
delete from occupancy where hospital = $1

-- name: clear_intervals
-- $1 hospital
delete from bed_interval where hospital = $1
