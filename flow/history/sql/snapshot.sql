-- name: parts
-- $1 hospital, $2 seq
select part, sealed from snapshot_part where hospital = $1 and seq = $2 order by part

-- name: put
-- $1 hospital, $2 seq, $3 part, $4 sealed
insert into snapshot_part (hospital, seq, part, sealed) values ($1, $2, $3, $4)

-- name: forget
-- Earlier ones. $1 hospital, $2 below this seq
delete from snapshot_part where hospital = $1 and seq < $2

-- name: entries
-- The last word on each record up to a Seq, as JSON. $1 hospital, $2 seq
select row_to_json(l)::text from (
    select distinct on (entity, entity_id) * from log where hospital = $1 and seq <= $2 order by entity, entity_id, seq desc) l

-- name: changed
-- Which of some records were told of after a Seq. $1 hospital, $2 entities, $3 ids, $4 seq
select r.entity, r.entity_id from unnest($2::text[], $3::text[]) as n(entity, entity_id)
join record r on r.hospital = $1 and r.entity = n.entity and r.entity_id = n.entity_id
where r.seq > $4

-- name: about
-- Which of some patients something was told of after a Seq. $1 hospital, $2 pseudonyms, $3 seq
select n.patient from unnest($2::text[]) as n(patient)
where exists (select from record r where r.hospital = $1 and r.patient = n.patient and r.seq > $3)

-- name: stays
-- The stays of some visits and all promises, as they were known at a Seq. A promise ends in place, when it does. $1 hospital, $2 seq,
-- $3 recorded at, $4 visits
select row_to_json(o)::text from (
    select hospital, kind, holder, bed, from_at, case kind when 'occupied' then to_at end as to_at, seq_from, null::bigint as seq_to
    from occupancy
    where hospital = $1 and seq_from <= $2 and (seq_to is null or seq_to > $2)
      and (kind = 'occupied' and holder = any($4::text[]) or kind = 'reserved' and (to_at is null or to_at > $3))
    order by id) o

-- name: stretches
-- Of each bed the stretches since it last changed its status, and the one that made it ready last, as of a Seq: the last of them was not
-- over then. $1 hospital, $2 seq
with known as (
    select i.*, row_number() over (partition by bed order by seq desc) as place from bed_interval i where hospital = $1 and seq <= $2
), began as (
    select bed, max(seq) filter (where was is distinct from status) as seq,
           max(seq) filter (where was = 'cleaning' and status = 'available') as ready
    from known group by bed
)
select row_to_json(s)::text from (
    select k.hospital, k.seq, k.bed, k.ward, k.type, k.status, k.was, k.stage, k.visit, k.reserved, k.from_at,
           case when k.place > 1 then k.to_at end as to_at, k.recorded_at
    from known k join began b on b.bed = k.bed
    where k.seq >= coalesce(b.seq, 0) or k.seq = b.ready
    order by k.seq) s

-- name: conditions
-- What was believed at a Seq of each bed from a moment on, and the last word about that moment. $1 hospital, $2 seq, $3 moment
select row_to_json(c)::text from (
    select hospital, bed, seq_from, null::bigint as seq_to, from_at, status, before from bed_condition b
    where hospital = $1 and seq_from <= $2 and (seq_to is null or seq_to > $2)
      and from_at >= coalesce((
        select max(from_at) from bed_condition x
        where x.hospital = $1 and x.bed = b.bed and x.seq_from <= $2 and (x.seq_to is null or x.seq_to > $2) and x.from_at <= $3), '-infinity')
    order by bed, seq_from) c

-- name: lay_base
-- $1 rows as JSON
insert into log_base select * from json_populate_recordset(null::log_base, $1::json)

-- name: clear_base
-- $1 hospital
delete from log_base where hospital = $1

-- name: lay_stays
-- $1 rows as JSON
insert into occupancy (hospital, kind, holder, bed, from_at, to_at, seq_from, seq_to)
select hospital, kind, holder, bed, from_at, to_at, seq_from, seq_to from json_populate_recordset(null::occupancy, $1::json)

-- name: lay_stretches
-- $1 rows as JSON
insert into bed_interval select * from json_populate_recordset(null::bed_interval, $1::json)

-- name: clear_conditions
-- $1 hospital
delete from bed_condition where hospital = $1

-- name: lay_conditions
-- $1 rows as JSON
insert into bed_condition select * from json_populate_recordset(null::bed_condition, $1::json)
