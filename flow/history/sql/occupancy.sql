-- name: project
-- The stays and the beds' intervals as some entries leave them: what stands and is not wanted any more is superseded or ended first, then
-- what is wanted and does not stand is written. Arrays but for the first two. `any` beside a join is for tables without statistics: it
-- is looked up by what is asked for, and never by the hospital alone.
-- $1 hospital, $2 now; visits: $3 id, $4 seq of the first told of it here; all their stays: $5 visit, $6 bed, $7 from, $8 to, $9 told by
-- this seq, $10 until that one (null: it stands), $11 whether the first told of its visit says it, so that it may stand already;
-- beds: $12 id, $13 reserved for (null for nobody), $14 since, $15 seq;
-- intervals, where a bed's first begins when the open one before it ends: $16 seq, $17 bed, $18 ward, $19 type, $20 status,
-- $21 was (null for a bed's first), $22 stage, $23 visit, $24 reserved, $25 from, $26 to, $27 recorded, $28 whether it is a bed's first
with wanted as (
    select * from unnest($5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::bigint[], $10::bigint[], $11::boolean[])
        as n(holder, bed, from_at, to_at, seq, seq_to, first)
), superseded as (
    update occupancy set seq_to = coalesce((
        select w.seq_to from wanted w where w.first and w.holder = occupancy.holder and w.bed = occupancy.bed
            and w.from_at = occupancy.from_at and w.to_at is not distinct from occupancy.to_at), n.seq)
    from unnest($3::text[], $4::bigint[]) as n(holder, seq)
    where occupancy.hospital = $1 and occupancy.holder = any($3::text[]) and kind = 'occupied' and occupancy.holder = n.holder
      and seq_to is null and not exists (
        select from wanted w where w.first and w.seq_to is null and w.holder = n.holder and w.bed = occupancy.bed
            and w.from_at = occupancy.from_at and w.to_at is not distinct from occupancy.to_at)
    returning 1
), ended as (
    update occupancy set to_at = greatest($2::timestamptz, occupancy.from_at)
    from unnest($12::text[], $13::text[]) as n(bed, holder)
    where occupancy.hospital = $1 and kind = 'reserved' and occupancy.bed = any($12::text[]) and occupancy.bed = n.bed
      and to_at is null and seq_to is null
      and occupancy.holder is distinct from n.holder
    returning 1
), stays as (
    insert into occupancy (hospital, kind, holder, bed, from_at, to_at, seq_from, seq_to)
    select $1, n.* from (
        select 'occupied', w.holder, w.bed, w.from_at, w.to_at, w.seq, w.seq_to from wanted w where not (w.first and exists (
            select from occupancy o where o.hospital = $1 and o.holder = any($3::text[]) and o.kind = 'occupied' and o.holder = w.holder
                and o.seq_to is null and o.bed = w.bed and o.from_at = w.from_at and o.to_at is not distinct from w.to_at))
        union all
        select 'reserved', r.holder, r.bed, r.from_at, null, r.seq, null
        from unnest($12::text[], $13::text[], $14::timestamptz[], $15::bigint[]) as r(bed, holder, from_at, seq)
        where r.holder is not null and not exists (
            select from occupancy o where o.hospital = $1 and o.kind = 'reserved' and o.bed = any($12::text[]) and o.bed = r.bed
                and o.holder = r.holder
                and o.to_at is null and o.seq_to is null)
    ) as n
    where (select count(*) from superseded) + (select count(*) from ended) >= 0  -- which makes it wait for both
), closed as (
    update bed_interval set to_at = greatest(bed_interval.from_at, n.at)
    from unnest($17::text[], $25::timestamptz[], $28::boolean[]) as n(bed, at, first)
    where bed_interval.hospital = $1 and bed_interval.bed = any($17::text[]) and bed_interval.bed = n.bed
      and bed_interval.to_at is null and n.first
    returning bed_interval.bed, bed_interval.to_at, bed_interval.status
)
insert into bed_interval (hospital, seq, bed, ward, type, status, was, stage, visit, reserved, from_at, to_at, recorded_at)
select $1, n.seq, n.bed, n.ward, n.type, n.status, coalesce(n.was, closed.status), n.stage, n.visit, n.reserved,
       greatest(closed.to_at, n.from_at), case when n.to_at is not null then greatest(closed.to_at, n.to_at) end, n.recorded_at
from unnest($16::bigint[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::boolean[],
            $25::timestamptz[], $26::timestamptz[], $27::timestamptz[])
     as n(seq, bed, ward, type, status, was, stage, visit, reserved, from_at, to_at, recorded_at)
left join closed on closed.bed = n.bed
