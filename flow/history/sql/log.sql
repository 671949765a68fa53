-- name: lock
-- One writer at a time per hospital; held to the end of the transaction. $1 hospital
select pg_advisory_xact_lock(hashtextextended('bedflow desk ' || $1, 0))

-- name: head
-- The last Seq, the epoch and the turn of a hospital. $1 hospital
select seq, epoch, turn from head where hospital = $1

-- name: open_head
-- A new hospital begins at 0; an existing one keeps its epoch. $1 hospital, $2 epoch
insert into head (hospital, seq, epoch) values ($1, 0, $2) on conflict (hospital) do nothing

-- name: move_head
-- By whoever holds the append lock; the turn, and the number of the letter that comes next. $1 hospital, $2 last seq
update head set seq = $2, turn = turn + 1 where hospital = $1
returning turn, coalesce(pg_sequence_last_value('letter_id_seq'), 0) + 1 as next

-- name: take_turn
-- By whoever read without the append lock; fails when another group was written since. $3 the turn that was read
update head set seq = $2, turn = turn + 1 where hospital = $1 and in_turn($1, $3)
returning turn, coalesce(pg_sequence_last_value('letter_id_seq'), 0) + 1 as next

-- name: take_turn_as_supposed
-- By whoever read nothing; fails as well where it is not as supposed: no letter waits to be handled, the next ones have $4 numbers, none of
-- $5 fingerprints and $6 control ids came before, and of these no records stand, arrays of equal length: $7 entity, $8 id
update head set seq = $2, turn = turn + 1 where hospital = $1 and in_turn($1, $3) and as_supposed($1, $4, $5, $6, $7, $8)
returning turn, coalesce(pg_sequence_last_value('letter_id_seq'), 0) + 1 as next

-- name: append
-- Events of one group. $1 hospital, then arrays of equal length; returns nothing
insert into log (hospital, seq, kind, entity, entity_id, at, recorded_at, origin, actor, letter, command, body)
select $1, n.seq, n.kind, n.entity, n.entity_id, n.at, n.recorded_at, n.origin, n.actor, n.letter, n.command, n.body::json
from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::text[],
            $10::bigint[], $11::bigint[], $12::text[])
     as n(seq, kind, entity, entity_id, at, recorded_at, origin, actor, letter, command, body)

-- name: put_records
-- The records as they stand now, last one of each. $1 hospital, then arrays of equal length
insert into record (hospital, entity, entity_id, seq, live, patient, body)
select $1, n.entity, n.entity_id, n.seq, n.live, n.patient, n.body::json
from unnest($2::text[], $3::text[], $4::bigint[], $5::boolean[], $6::text[], $7::text[])
     as n(entity, entity_id, seq, live, patient, body)
on conflict (hospital, entity, entity_id)
do update set seq = excluded.seq, live = excluded.live, patient = excluded.patient, body = excluded.body

-- name: live_records
-- Everything a desk must know to decide. $1 hospital, $2 first day of tokens as text
select entity, body::text as body from record
where hospital = $1 and live and (entity <> 'token' or body ->> 'day' >= $2)

-- name: spoken_of
-- Records by entity and id, people's visits, and those visits' discharges. $1 hospital, then arrays: $2 entity, $3 id; $4 pseudonyms
select r.entity, r.body::text as body from record r
join unnest($2::text[], $3::text[]) as n(entity, entity_id) on r.entity = n.entity and r.entity_id = n.entity_id
where r.hospital = $1 and r.entity = any($2::text[]) and r.entity_id = any($3::text[])
union all
select entity, body::text from record where hospital = $1 and entity = 'visit' and patient = any($4::text[])
union all
select entity, body::text from record where hospital = $1 and entity = 'discharge' and entity_id = any(array(
    select entity_id from record where hospital = $1 and entity = 'visit' and patient = any($4::text[])))

-- name: tokens_of_days
-- Outpatient tokens of whole days, those that a desk has forgotten, too. $1 hospital, then arrays of equal length: $2 clinics, $3 days as text
select r.entity, r.body::text as body from record r
join unnest($2::text[], $3::text[]) as n(clinic, day) on r.body ->> 'clinic' = n.clinic and r.body ->> 'day' = n.day
where r.hospital = $1 and r.entity = 'token' and r.live

-- name: medicines_to_take_home
-- $1 hospital, $2 visits, $3 the pseudonyms of their patients
select entity, body::text as body from record
where hospital = $1 and entity = 'note' and patient = any($3::text[]) and body ->> 'visit' = any($2::text[])
  and body ->> 'kind' = 'medicine' and body ->> 'take_home' = 'true'

-- name: entries_after
-- The log from a Seq on, in order. $1 hospital, $2 seq, $3 how many at most
select seq, kind, entity, at, recorded_at, origin, actor, letter, command, body::text as body
from log where hospital = $1 and seq > $2 order by seq limit $3

-- name: entries_of_command
-- $1 hospital, $2 command id
select seq, kind, entity, at, recorded_at, origin, actor, letter, command, body::text as body
from log where hospital = $1 and command = $2 order by seq

-- name: record_before
-- A record as it stood before a Seq. $1 hospital, $2 entity, $3 id, $4 seq
select entity, body::text as body from told
where hospital = $1 and entity = $2 and entity_id = $3 and seq < $4 order by seq desc limit 1

-- name: last_recorded
-- When the log was last written to. $1 hospital
select recorded_at from log where hospital = $1 order by seq desc limit 1

-- name: weigh
-- Statistics of what a new hospital's beds were written to
select weigh()
