-- name: note
-- Traces as they come. $1 hospital, then arrays: at, kind, actor, role, seat, address, view, place, patients (joined by spaces), detail
insert into audit (hospital, at, kind, actor, role, seat, address, view, place, patients, detail)
select $1, n.at, n.kind, n.actor, n.role, n.seat, n.address, n.view, n.place, string_to_array(n.patients, ' '), n.detail::jsonb
from unnest($2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
     as n(at, kind, actor, role, seat, address, view, place, patients, detail)

-- name: find
-- A page of the trail, newest first. $1 hospital, $2 from, $3 to, $4 kinds or null, $5 actor or null, $6 patient or null, $7 address or null,
-- $8 below this id or null, $9 how many
select id, at, kind, actor, role, seat, address, view, place, patients, detail from audit
where hospital = $1 and at >= $2 and at < $3 and ($4::text[] is null or kind = any($4)) and ($5::text is null or actor = $5)
      and ($6::text is null or patients @> array[$6]) and ($7::text is null or address = $7) and ($8::bigint is null or id < $8)
order by id desc limit $9

-- name: last_seal
-- The chain's head. $1 hospital
select number, at, txid_to, seq_to, traces, entries, trail, log, mac from audit_seal where hospital = $1 order by number desc limit 1

-- name: settled
-- Up to where nothing can come any more that is not there now. $1 hospital, $2 the last link's seq, $3 entries of the log at most
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as txid_to,
       least(coalesce((select seq from head where hospital = $1), 0), $2 + $3::bigint) as seq_to

-- name: content
-- What a link covers. $1 hospital, $2 transactions from, $3 to (not with it), $4 entries after, $5 up to
select t.traces, t.trail, e.entries, e.log
from (select count(*)::integer as traces, sha256(coalesce(string_agg(digest_of(a), ''::bytea order by a.txid, a.id), ''::bytea)) as trail
      from audit a where a.hospital = $1 and a.txid >= $2 and a.txid < $3) t,
     (select count(*)::integer as entries, sha256(coalesce(string_agg(digest_of(l), ''::bytea order by l.seq), ''::bytea)) as log
      from log l where l.hospital = $1 and l.seq > $4 and l.seq <= $5) e

-- name: put_seal
-- $1 hospital, $2 number, $3 at, $4 transactions up to, $5 entries up to, $6 traces, $7 entries, $8 and $9 digests, $10 the link
insert into audit_seal (hospital, number, at, txid_to, seq_to, traces, entries, trail, log, mac)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: seals
-- Links above a number, in order. $1 hospital, $2 number, $3 how many
select number, at, txid_to, seq_to, traces, entries, trail, log, mac from audit_seal
where hospital = $1 and number > $2 order by number limit $3

-- name: lock_seal
-- One sealer at a time, for this transaction. $1 hospital
select pg_try_advisory_xact_lock(hashtextextended('seal|' || $1, 0))

-- name: seal_count
-- $1 hospital
select count(*)::integer from audit_seal where hospital = $1

-- name: actors
-- Who stands in the trail since a time. $1 hospital, $2 since
select distinct actor from audit where hospital = $1 and at >= $2 order by actor limit 500

-- name: written
-- What commands led to. $1 hospital, $2 their numbers
select command, kind, entity, entity_id from log where hospital = $1 and command = any($2) order by seq
