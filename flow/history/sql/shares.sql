-- name: keep
-- A profile that was shared; the first of a request stands. $1 hospital, $2 request, $3 now, $4 sealed
insert into share (hospital, request, received_at, sealed) values ($1, $2, $3, $4)
on conflict (hospital, request) do nothing returning request

-- name: received
-- Those without an answer, the oldest first. $1 hospital, $2 how many
select request, sealed, received_at from share where hospital = $1 and state = 'received' order by received_at limit $2

-- name: settle
-- It has its answer, and the profile is forgotten here. $1 hospital, $2 request, $3 state, $4 token or null, $5 now
update share set state = $3, token = $4, settled_at = $5, sealed = null where hospital = $1 and request = $2

-- name: tidy
-- Requests so old that nobody repeats them. $1 hospital, $2 before
delete from share where hospital = $1 and state <> 'received' and settled_at < $2
