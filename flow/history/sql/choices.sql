-- name: keep
-- A choice, once for each command. $1 hospital, then its columns
insert into choice (hospital, command, at, request, ward, bed, score, ready_at, best_bed, best_score, best_ready_at, version, blocked,
                    reason, type, priority, specialty, isolation)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text[], $14, $15, $16, $17, $18)
on conflict (hospital, command) do nothing

-- name: judged
-- Choices of a period with what came of each, the newest first; those undone at once are left out, and holds, save where the HIS made one
-- a promise or the patient came (a desk that promises a held bed makes a choice of its own). $1 hospital, $2 from, $3 to
select c.*, next.kind as next_kind, next.at as next_at, next.bed as next_bed, patient.id as patient,
       coalesce(moved.at <= next.at + interval '48 hours', false) as moved_again
from choice c
join lateral (
    select seq, body ->> 'held_until' as held from log
    where hospital = $1 and command = c.command and entity = 'request' and entity_id = c.request and kind = 'bed-assigned' limit 1
) made on true
left join lateral (
    select seq, kind, at, body ->> 'bed' as bed, body ->> 'visit' as visit from log
    where hospital = $1 and entity = 'request' and entity_id = c.request and seq > made.seq
      and kind in ('undone', 'assignment-released', 'bed-assigned', 'request-arrived', 'request-cancelled', 'request-expired')
    order by seq limit 1
) next on true
left join lateral (select patient as id from record where hospital = $1 and entity = 'request' and entity_id = c.request) patient on true
left join lateral (
    select min(from_at) as at from occupancy
    where hospital = $1 and holder = next.visit and kind = 'occupied' and seq_to is null and from_at > next.at and bed <> next.bed
) moved on next.kind = 'request-arrived'
where c.hospital = $1 and c.at >= $2 and c.at < $3 and next.kind is distinct from 'undone'
  and (made.held is null or next.kind = 'request-arrived' or exists (
    select from log
    where hospital = $1 and entity = 'request' and entity_id = c.request and seq > made.seq and (next.seq is null or seq < next.seq)
      and kind = 'request-changed' and body ->> 'held_until' is null and body ->> 'bed' = c.bed
  ))
order by c.at desc, c.command desc

-- name: promised
-- How many beds were promised in a period, holds and what was undone at once aside. $1 hospital, $2 from, $3 to
select count(*) from log made
where hospital = $1 and recorded_at >= $2 and recorded_at < $3 and entity = 'request' and kind = 'bed-assigned'
  and body ->> 'held_until' is null
  and (
    select kind from log
    where hospital = $1 and entity = 'request' and entity_id = made.entity_id and seq > made.seq order by seq limit 1
  ) is distinct from 'undone'
