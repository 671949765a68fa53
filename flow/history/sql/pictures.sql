-- name: before
-- The last picture at or before a Seq. $1 hospital, $2 seq
select seq, at, body from bed_picture where hospital = $1 and seq <= $2 order by seq desc limit 1

-- name: since
-- The last record of each bed told in a stretch of the log. $1 hospital, $2 after this Seq, $3 up to this
select distinct on (entity_id) body::text as body from log
where hospital = $1 and seq > $2 and seq <= $3 and entity = 'bed'
order by entity_id, seq desc

-- name: first_told
-- When the first entry after a Seq was recorded. $1 hospital, $2 seq
select recorded_at from log where hospital = $1 and seq > $2 order by seq limit 1

-- name: keep
-- $1 hospital, $2 seq, $3 at, $4 body
insert into bed_picture (hospital, seq, at, body) values ($1, $2, $3, $4) on conflict do nothing
