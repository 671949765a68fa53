-- name: lock
-- Holds are set, and things thrown away, one after the other; to the end of the transaction. $1 hospital
select pg_advisory_xact_lock(hashtextextended('legal hold ' || $1, 0))

-- name: set
-- $1 hospital, $2 patient or null, $3 from or null, $4 to or null, $5 reason, $6 asked by, $7 set by, $8 now
insert into legal_hold (hospital, patient, from_at, to_at, reason, asked_by, set_by, set_at)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning id

-- name: lift
-- $1 hospital, $2 id, $3 by, $4 now, $5 reason
update legal_hold set lifted_by = $3, lifted_at = $4, lifted_reason = $5 where hospital = $1 and id = $2 and lifted_at is null returning id

-- name: look_again
-- Letters that were held may go now: all are looked through once more. $1 hospital
delete from retention_mark where hospital = $1

-- name: all
-- Those in force first, newest first. $1 hospital
select id, patient, from_at, to_at, reason, asked_by, set_by, set_at, lifted_by, lifted_at, lifted_reason from legal_hold
where hospital = $1 order by lifted_at is not null, id desc

-- name: in_force
-- $1 hospital
select id, patient, from_at, to_at, reason, asked_by, set_by, set_at, lifted_by, lifted_at, lifted_reason from legal_hold
where hospital = $1 and lifted_at is null order by id

-- name: same_persons
-- Pseudonyms with those that turned out to be the same persons, either way. $1 hospital, $2 pseudonyms
with recursive same(patient) as (
    select unnest($2::text[])
    union
    select case a.entity_id when s.patient then a.body ->> 'survivor' else a.entity_id end
    from same s join record a on a.hospital = $1 and a.entity = 'alias' and (a.entity_id = s.patient or a.body ->> 'survivor' = s.patient)
)
select patient from same

-- name: of_period
-- Whether something of these patients was told, or one of them lay in a bed, in a period. $1 hospital, $2 pseudonyms, $3 from, $4 to or null
select exists (
    select from record r join log l on l.hospital = $1 and l.entity = r.entity and l.entity_id = r.entity_id
    where r.hospital = $1 and r.patient = any($2::text[])
      and (l.recorded_at >= $3::timestamptz and l.recorded_at < coalesce($4::timestamptz, 'infinity') or l.at >= $3 and l.at < coalesce($4::timestamptz, 'infinity'))
) or exists (
    select from record r join occupancy o on o.hospital = $1 and o.kind = 'occupied' and o.holder = r.entity_id and o.seq_to is null
    where r.hospital = $1 and r.entity = 'visit' and r.patient = any($2::text[])
      and o.from_at < coalesce($4::timestamptz, 'infinity') and coalesce(o.to_at, 'infinity') > $3::timestamptz
)
