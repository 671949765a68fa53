-- name: known_stays
-- The stays of some visits as we know them now. $1 hospital, $2 visits
select id, holder, bed, from_at, to_at from occupancy
where hospital = $1 and kind = 'occupied' and holder = any($2::text[]) and seq_to is null

-- name: supersede
-- What we knew is known better. $1 hospital, $2 ids, $3 seqs
update occupancy set seq_to = n.seq from unnest($2::bigint[], $3::bigint[]) as n(id, seq)
where occupancy.hospital = $1 and occupancy.id = n.id

-- name: insert_stays
-- $1 hospital, $2 kind, then arrays: holder, bed, from, to, seq
insert into occupancy (hospital, kind, holder, bed, from_at, to_at, seq_from)
select $1, $2, n.holder, n.bed, n.from_at, n.to_at, n.seq
from unnest($3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[]) as n(holder, bed, from_at, to_at, seq)

-- name: end_reservations
-- Reservations of these beds that no longer stand. $1 hospital, $2 beds, $3 holders that stay (same order, null for none), $4 now
update occupancy set to_at = greatest($4::timestamptz, occupancy.from_at)
from unnest($2::text[], $3::text[]) as n(bed, holder)
where occupancy.hospital = $1 and kind = 'reserved' and occupancy.bed = n.bed and to_at is null and seq_to is null
  and occupancy.holder is distinct from n.holder

-- name: open_reservations
-- $1 hospital, $2 beds
select bed from occupancy
where hospital = $1 and kind = 'reserved' and bed = any($2::text[]) and to_at is null and seq_to is null

-- name: close_intervals
-- The beds' open stretches end. $1 hospital, $2 beds, $3 times; returns where each really ends
update bed_interval set to_at = greatest(bed_interval.from_at, n.at)
from unnest($2::text[], $3::timestamptz[]) as n(bed, at)
where bed_interval.hospital = $1 and bed_interval.bed = n.bed and bed_interval.to_at is null
returning bed_interval.bed, bed_interval.to_at, bed_interval.status

-- name: insert_intervals
-- $1 hospital, then arrays: seq, bed, ward, type, status, was, stage, visit, reserved, from, to, recorded
insert into bed_interval (hospital, seq, bed, ward, type, status, was, stage, visit, reserved, from_at, to_at, recorded_at)
select $1, n.*
from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[],
            $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
     as n(seq, bed, ward, type, status, was, stage, visit, reserved, from_at, to_at, recorded_at)
