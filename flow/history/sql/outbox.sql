-- name: post
-- Letters to be sent; one that lies there already is left alone. $1 hospital, $2 feed, $3 when, then arrays: kind, key, subject, body,
-- due (null for at once), problem (empty for none)
insert into outbox (hospital, feed, posted_at, kind, key, subject, body, due_at, reason, state)
select $1, $2, $3, n.kind, n.key, n.subject, n.body, coalesce(n.due_at, $3), nullif(n.problem, ''),
       case n.problem when '' then 'waiting' else 'dead' end
from unnest($4::text[], $5::text[], $6::text[], $7::bytea[], $8::timestamptz[], $9::text[])
     as n(kind, key, subject, body, due_at, problem)
on conflict (hospital, feed, key) do nothing

-- name: withdraw
-- Promises taken back before the other system was told. $1 hospital, $2 feed, $3 requests, $4 when
update outbox set state = 'dropped', reason = 'taken back before it was sent', settled_at = $4
where hospital = $1 and feed = $2 and state = 'waiting' and kind in ('A14', 'A15') and split_part(subject, '/', 1) = any($3::text[])

-- name: charged
-- What a feed was charged of some visits. $1 hospital, $2 feed, $3 visits
select visit, start_at, bed, type from charge where hospital = $1 and feed = $2 and visit = any($3::text[])

-- name: uncharge
-- Units that were credited. $1 hospital, $2 feed, then arrays: visit, start
delete from charge c using unnest($3::text[], $4::timestamptz[]) as n(visit, start_at)
where c.hospital = $1 and c.feed = $2 and c.visit = n.visit and c.start_at = n.start_at

-- name: charge
-- $1 hospital, $2 feed, then arrays: visit, start, bed, type
insert into charge (hospital, feed, visit, start_at, bed, type)
select $1, $2, n.* from unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[]) as n(visit, start_at, bed, type)

-- name: turn
-- One process at a time sends a feed's letters; the lock goes with its transaction, and with the process. $1 hospital, $2 feed
select pg_try_advisory_xact_lock(hashtextextended('bedflow outbox ' || $1 || ' ' || $2, 0))

-- name: next
-- The letter whose turn it is. $1 hospital, $2 feed, $3 now
select id, kind, key, subject, body, attempts from outbox
where hospital = $1 and feed = $2 and state = 'waiting' and due_at <= $3 order by id limit 1

-- name: settle
-- What became of a letter. $1 hospital, $2 id, $3 state, $4 answer code, $5 reason, $6 when
update outbox set state = $3, code = $4, reason = $5, settled_at = $6, attempts = attempts + 1 where hospital = $1 and id = $2

-- name: again
-- A dead letter goes back into the queue. $1 hospital, $2 id
update outbox set state = 'waiting', attempts = 0, reason = null, settled_at = null
where hospital = $1 and id = $2 and state = 'dead' returning feed

-- name: drop
-- A dead letter is not to be sent any more. $1 hospital, $2 id, $3 when
update outbox set state = 'dropped', settled_at = $3 where hospital = $1 and id = $2 and state = 'dead' returning feed

-- name: counts
-- Letters of each feed by state, and since when the oldest waits. $1 hospital
select feed, state, count(*) as letters, min(posted_at) as oldest from outbox where hospital = $1 group by feed, state order by feed, state

-- name: page
-- Letters, newest first, without bodies. $1 hospital, $2 state or null, $3 below this id or null, $4 how many
select id, feed, kind, key, subject, state, posted_at, attempts, code, reason, settled_at from outbox
where hospital = $1 and ($2::text is null or state = $2) and ($3::bigint is null or id < $3)
order by id desc limit $4
