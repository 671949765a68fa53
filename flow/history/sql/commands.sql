-- name: ids
-- Numbers for the commands of a group. $1 how many
select nextval(pg_get_serial_sequence('command', 'id')) as id from generate_series(1, $1::integer)

-- name: by_key
-- Commands that came with these Idempotency-Keys. $1 hospital, $2 actors, $3 keys
select c.id, c.actor, c.key, c.digest, c.seq_to from command c
join unnest($2::text[], $3::text[]) as n(actor, key) on c.actor = n.actor and c.key = n.key
where c.hospital = $1

-- name: keep
-- Commands as carried out. $1 hospital, $2 now, then arrays: id, actor, origin, name, body, key, digest, first seq, last seq
insert into command (hospital, recorded_at, id, actor, origin, name, body, key, digest, seq_from, seq_to) overriding system value
select $1, $2, n.id, n.actor, n.origin, n.name, n.body::jsonb, n.key, n.digest, n.seq_from, n.seq_to
from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bigint[], $11::bigint[])
     as n(id, actor, origin, name, body, key, digest, seq_from, seq_to)

-- name: one
-- $1 hospital, $2 id
select id, actor, recorded_at, name, seq_from, seq_to from command where hospital = $1 and id = $2
