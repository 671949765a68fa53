-- name: beds_at
-- Every bed's record as of a Seq: the last entry at or below it, one index probe a bed. $1 hospital, $2 seq
select l.body::text as body
from record b
cross join lateral (
    select body from told
    where hospital = $1 and entity = 'bed' and entity_id = b.entity_id and seq <= $2
    order by seq desc limit 1) l
where b.hospital = $1 and b.entity = 'bed'

-- name: seq_at
-- The last Seq recorded by a moment; times of recording never run backwards. $1 hospital, $2 moment
select seq from log where hospital = $1 and recorded_at <= $2 order by recorded_at desc, seq desc limit 1

-- name: of_bed
-- A bed's entries, newest first. $1 hospital, $2 bed, $3 below this seq or null, $4 how many
select seq, kind, entity, at, recorded_at, origin, actor, letter, command, body::text as body from log
where hospital = $1 and entity = 'bed' and entity_id = $2 and ($3::bigint is null or seq < $3)
order by seq desc limit $4

-- name: newest
-- The newest entries of some kinds. $1 hospital, $2 kinds, $3 how many
select seq, kind, entity, at, recorded_at, origin, actor, letter, command, body::text as body from log
where hospital = $1 and kind = any($2::text[])
order by seq desc limit $3

-- name: records_at
-- Records of an entity as of a Seq, those that changed after another: the last entry at or below it, one index probe a record.
-- $1 hospital, $2 entity, $3 seq, $4 changed after this seq
select l.entity, l.body::text as body
from record b
cross join lateral (
    select entity, body from told
    where hospital = $1 and entity = $2 and entity_id = b.entity_id and seq <= $3
    order by seq desc limit 1) l
where b.hospital = $1 and b.entity = $2 and b.seq > $4

-- name: shown_after
-- What beds were shown as from when on, in a stretch of the log. $1 hospital, $2 after this Seq, $3 up to this, $4 beds or null for all
select bed, recorded_at, status, visit from bed_interval
where hospital = $1 and seq > $2 and seq <= $3 and ($4::text[] is null or bed = any($4))
order by seq

-- name: tellers
-- Who told some entries, when, and of a bed why it is out of use or how it is cleaned. $1 hospital, $2 seqs
select seq, origin, actor, recorded_at, letter, command,
       case when entity = 'bed' then coalesce(body -> 'now' ->> 'reason', body -> 'now' ->> 'clean') end as detail
from log where hospital = $1 and seq = any($2::bigint[])

-- name: asked_for
-- The requests of a visit's patient that led to it. $1 hospital, $2 pseudonym, $3 visit
select body::text as body from record
where hospital = $1 and entity = 'request' and patient = $2 and body ->> 'visit' = $3

-- name: carried
-- The transports of a visit. $1 hospital, $2 visit
select body::text as body from record where hospital = $1 and entity = 'transport' and body ->> 'visit' = $2
