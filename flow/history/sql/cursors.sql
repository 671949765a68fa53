-- name: load
-- $1 hospital, $2 name
select seq from log_cursor where hospital = $1 and name = $2

-- name: save
-- Never backwards. $1 hospital, $2 name, $3 seq
insert into log_cursor (hospital, name, seq) values ($1, $2, $3)
on conflict (hospital, name) do update set seq = greatest(log_cursor.seq, excluded.seq)
