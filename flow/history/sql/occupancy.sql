-- name: begin_stays
-- Stays and promises that begin where nothing stands against them. $1 hospital, then arrays: $2 kind, $3 holder, $4 bed, $5 from, $6 to, $7 told by
-- this seq, $8 until that one (null: it stands)
insert into occupancy (hospital, kind, holder, bed, from_at, to_at, seq_from, seq_to)
select $1, n.* from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::bigint[])
    as n(kind, holder, bed, from_at, to_at, seq, seq_to)

-- name: replace_stays
-- The same where others end first. Stays that are told otherwise: $9 holder, $10 bed, $11 from, $12 to, $13 by that seq; beds whose promise
-- ends: $14 bed, $15 now. `any` beside a join is for tables without statistics: it is looked up by what is asked for, never by the hospital alone.
-- What begins counts those that end, which makes it wait for them
with superseded as (
    update occupancy set seq_to = n.seq_to
    from unnest($9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::bigint[]) as n(holder, bed, from_at, to_at, seq_to)
    where occupancy.hospital = $1 and occupancy.holder = any($9::text[]) and occupancy.kind = 'occupied' and occupancy.seq_to is null
      and occupancy.holder = n.holder and occupancy.bed = n.bed and occupancy.from_at = n.from_at
      and occupancy.to_at is not distinct from n.to_at
    returning 1
), ended as (
    update occupancy set to_at = greatest($15::timestamptz, from_at)
    where hospital = $1 and kind = 'reserved' and bed = any($14::text[]) and to_at is null and seq_to is null
    returning 1
)
insert into occupancy (hospital, kind, holder, bed, from_at, to_at, seq_from, seq_to)
select $1, n.* from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::bigint[])
    as n(kind, holder, bed, from_at, to_at, seq, seq_to)
where (select count(*) from superseded) + (select count(*) from ended) >= 0

-- name: intervals
-- What beds were, where a bed's first begins when the open one before it ends. $1 hospital, then arrays: $2 seq, $3 bed, $4 ward, $5 type,
-- $6 status, $7 was (null for a bed's first), $8 stage, $9 visit, $10 reserved, $11 from, $12 to, $13 recorded, $14 whether it is a bed's first
with closed as (
    update bed_interval set to_at = greatest(bed_interval.from_at, n.at)
    from unnest($3::text[], $11::timestamptz[], $14::boolean[]) as n(bed, at, first)
    where bed_interval.hospital = $1 and bed_interval.bed = any($3::text[]) and bed_interval.bed = n.bed
      and bed_interval.to_at is null and n.first
    returning bed_interval.bed, bed_interval.to_at, bed_interval.status
)
insert into bed_interval (hospital, seq, bed, ward, type, status, was, stage, visit, reserved, from_at, to_at, recorded_at)
select $1, n.seq, n.bed, n.ward, n.type, n.status, coalesce(n.was, closed.status), n.stage, n.visit, n.reserved,
       greatest(closed.to_at, n.from_at), case when n.to_at is not null then greatest(closed.to_at, n.to_at) end, n.recorded_at
from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::boolean[],
            $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
     as n(seq, bed, ward, type, status, was, stage, visit, reserved, from_at, to_at, recorded_at)
left join closed on closed.bed = n.bed
