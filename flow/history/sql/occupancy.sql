-- name: project
-- The stays and the beds' intervals as some entries leave them: what stands and is not wanted any more is superseded or ended first, then
-- what is wanted and does not stand is written. Arrays but for the first two. `any` beside a join is for tables without statistics: it
-- is looked up by what is asked for, and never by the hospital alone.
-- $1 hospital, $2 now; visits: $3 id, $4 seq; all their stays: $5 visit, $6 bed, $7 from, $8 to, $9 seq;
-- beds: $10 id, $11 reserved for (null for nobody), $12 since, $13 seq;
-- intervals, where a bed's first begins when the open one before it ends: $14 seq, $15 bed, $16 ward, $17 type, $18 status,
-- $19 was (null for a bed's first), $20 stage, $21 visit, $22 reserved, $23 from, $24 to, $25 recorded, $26 whether it is a bed's first
with wanted as (
    select * from unnest($5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::bigint[]) as n(holder, bed, from_at, to_at, seq)
), superseded as (
    update occupancy set seq_to = n.seq from unnest($3::text[], $4::bigint[]) as n(holder, seq)
    where occupancy.hospital = $1 and occupancy.holder = any($3::text[]) and kind = 'occupied' and occupancy.holder = n.holder
      and seq_to is null and not exists (
        select from wanted w where w.holder = n.holder and w.bed = occupancy.bed and w.from_at = occupancy.from_at
            and w.to_at is not distinct from occupancy.to_at)
    returning 1
), ended as (
    update occupancy set to_at = greatest($2::timestamptz, occupancy.from_at)
    from unnest($10::text[], $11::text[]) as n(bed, holder)
    where occupancy.hospital = $1 and kind = 'reserved' and occupancy.bed = any($10::text[]) and occupancy.bed = n.bed
      and to_at is null and seq_to is null
      and occupancy.holder is distinct from n.holder
    returning 1
), stays as (
    insert into occupancy (hospital, kind, holder, bed, from_at, to_at, seq_from)
    select $1, n.* from (
        select 'occupied', w.* from wanted w where not exists (
            select from occupancy o where o.hospital = $1 and o.holder = any($3::text[]) and o.kind = 'occupied' and o.holder = w.holder
                and o.seq_to is null and o.bed = w.bed and o.from_at = w.from_at and o.to_at is not distinct from w.to_at)
        union all
        select 'reserved', r.holder, r.bed, r.from_at, null, r.seq
        from unnest($10::text[], $11::text[], $12::timestamptz[], $13::bigint[]) as r(bed, holder, from_at, seq)
        where r.holder is not null and not exists (
            select from occupancy o where o.hospital = $1 and o.kind = 'reserved' and o.bed = any($10::text[]) and o.bed = r.bed
                and o.holder = r.holder
                and o.to_at is null and o.seq_to is null)
    ) as n
    where (select count(*) from superseded) + (select count(*) from ended) >= 0  -- which makes it wait for both
), closed as (
    update bed_interval set to_at = greatest(bed_interval.from_at, n.at)
    from unnest($15::text[], $23::timestamptz[], $26::boolean[]) as n(bed, at, first)
    where bed_interval.hospital = $1 and bed_interval.bed = any($15::text[]) and bed_interval.bed = n.bed
      and bed_interval.to_at is null and n.first
    returning bed_interval.bed, bed_interval.to_at, bed_interval.status
)
insert into bed_interval (hospital, seq, bed, ward, type, status, was, stage, visit, reserved, from_at, to_at, recorded_at)
select $1, n.seq, n.bed, n.ward, n.type, n.status, coalesce(n.was, closed.status), n.stage, n.visit, n.reserved,
       greatest(closed.to_at, n.from_at), case when n.to_at is not null then greatest(closed.to_at, n.to_at) end, n.recorded_at
from unnest($14::bigint[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::boolean[],
            $23::timestamptz[], $24::timestamptz[], $25::timestamptz[])
     as n(seq, bed, ward, type, status, was, stage, visit, reserved, from_at, to_at, recorded_at)
left join closed on closed.bed = n.bed
