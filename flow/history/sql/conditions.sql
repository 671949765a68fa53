-- name: cut
-- What was believed of a bed from a moment on, until something else was told of that moment: replaced from the Seq that told it.
-- What only says again what is known last replaces nothing.
-- $1 hospital; arrays: $2 bed, $3 seq, $4 from, $5 status, $6 whether it is the first told of its bed here
update bed_condition old set seq_to = n.seq
from (
    select distinct on (c.bed, c.seq_from) c.bed, c.seq_from, n.seq
    from unnest($2::text[], $3::bigint[], $4::timestamptz[], $5::text[], $6::boolean[]) as n(bed, seq, from_at, status, first)
    join bed_condition c on c.hospital = $1 and c.bed = any($2::text[]) and c.bed = n.bed and c.seq_to is null and c.from_at >= n.from_at
    where not (n.first and c.from_at = n.from_at and c.status = n.status and not exists (
        select from bed_condition x where x.hospital = $1 and x.bed = c.bed and x.seq_to is null and x.from_at > c.from_at))
    order by c.bed, c.seq_from, n.seq
) n
where old.hospital = $1 and old.bed = any($2::text[]) and old.bed = n.bed and old.seq_from = n.seq_from

-- name: put
-- What was told, but for what is known last already. $1 hospital; arrays: $2 bed, $3 seq, $4 replaced from this Seq on (null: it stands),
-- $5 from, $6 status, $7 before, $8 whether it is the first told of its bed here
insert into bed_condition (hospital, bed, seq_from, seq_to, from_at, status, before)
select $1, n.* from (
    select n.bed, n.seq, n.seq_to, n.from_at, n.status, n.before
    from unnest($2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::text[], $7::text[], $8::boolean[])
         as n(bed, seq, seq_to, from_at, status, before, first)
    where not (n.first and exists (
        select from bed_condition c where c.hospital = $1 and c.bed = any($2::text[]) and c.bed = n.bed and c.seq_to is null and c.from_at = n.from_at
            and c.status = n.status and not exists (
                select from bed_condition x where x.hospital = $1 and x.bed = c.bed and x.seq_to is null and x.from_at > c.from_at)))
) n

-- name: told
-- Entries of beds above a Seq up to another, in order. $1 hospital, $2 and $3 the Seqs
select seq, kind, entity, entity_id, at, recorded_at, origin, actor, letter, command, body::text as body from log
where hospital = $1 and seq > $2 and seq <= $3 and entity = 'bed' order by seq

-- name: clear
-- What was told after a Seq. $1 hospital, $2 seq
delete from bed_condition where hospital = $1 and seq_from > $2

-- name: unreplaced
-- What was told by a Seq stands again. $1 hospital, $2 seq
update bed_condition set seq_to = null where hospital = $1 and seq_to > $2

-- name: known
-- Of each bed what is known as of a Seq of a moment: the last word about its condition then, the stay that covers the moment (of two the
-- one that began first: nobody is evicted), and where none does the one that ended last before it. $1 hospital, $2 moment, $3 seq
with lay as (
    select distinct on (bed) bed, holder, from_at, to_at, seq_from from occupancy
    where hospital = $1 and kind = 'occupied' and tstzrange(from_at, to_at) @> $2::timestamptz
      and int8range(seq_from, seq_to) @> $3::bigint
    order by bed, from_at, holder
)
select c.bed, c.seq_from, c.seq_to, c.from_at, c.status, c.before,
       lay.holder, lay.from_at as lay_from, lay.to_at as lay_to, lay.seq_from as lay_seq,
       gone.holder as gone, gone.from_at as gone_from, gone.to_at as gone_to, gone.seq_from as gone_seq
from record b
cross join lateral (
    select * from bed_condition
    where hospital = $1 and bed = b.entity_id and from_at <= $2 and seq_from <= $3 and (seq_to is null or seq_to > $3)
    order by from_at desc, seq_from desc limit 1) c
left join lay on lay.bed = c.bed
left join lateral (
    select o.holder, o.from_at, o.to_at, o.seq_from from occupancy o
    where lay.holder is null and c.status = 'occupied' and o.hospital = $1 and o.bed = c.bed and o.kind = 'occupied'
      and o.to_at <= $2 and o.to_at > c.from_at and o.to_at > o.from_at and o.seq_from <= $3 and (o.seq_to is null or o.seq_to > $3)
    order by o.to_at desc limit 1) gone on true
where b.hospital = $1 and b.entity = 'bed'

-- name: entries
-- Some entries' records, and who told them. $1 hospital, $2 seqs
select seq, body::text as body, origin || ':' || actor as source from told where hospital = $1 and seq = any($2::bigint[])

-- name: persons
-- What the record of a visit told of its patient as of a Seq. $1 hospital, $2 visits, $3 seq
select v.id, l.body ->> 'sex' as sex, (l.body ->> 'age')::integer as age, l.body -> 'care' ->> 'isolation' is not null as isolation
from unnest($2::text[]) as v(id)
cross join lateral (
    select body from told where hospital = $1 and entity = 'visit' and entity_id = v.id and seq <= $3 order by seq desc limit 1) l

-- name: claims
-- Every word about beds' conditions that bears on a stretch of time for whoever asked in it or later, replaced since or not. Each bed's are
-- found by its index, whatever the planner thinks of all of them (`offset 0`).
-- $1 hospital, $2 from, $3 to, $4 beds or null for all, $5 the last Seq recorded by `from`
select c.bed, c.seq_from, c.seq_to, c.from_at, c.status, c.before
from record b
left join lateral (
    select from_at from bed_condition
    where hospital = $1 and bed = b.entity_id and from_at <= $2 and seq_to is null and seq_from <= $5
    order by from_at desc limit 1) f on true
cross join lateral (
    select * from bed_condition
    where hospital = $1 and bed = b.entity_id and from_at < $3 and from_at >= coalesce(f.from_at, '-infinity')
      and (seq_to is null or seq_to > $5) offset 0) c
where b.hospital = $1 and b.entity = 'bed' and ($4::text[] is null or b.entity_id = any($4))
order by c.bed, c.seq_from

-- name: stays
-- Every stay that bears on a stretch of time for whoever asked in it or later, replaced since or not: those that ended before it as well
-- where the bed's condition was told last before they did. $1 hospital, $2 from, $3 to, $4 beds or null for all, $5 the last Seq recorded
-- by `from`
select o.bed, o.holder, o.from_at, o.to_at, o.seq_from, o.seq_to
from record b
left join lateral (
    select from_at from bed_condition
    where hospital = $1 and bed = b.entity_id and from_at <= $2 and seq_to is null and seq_from <= $5
    order by from_at desc limit 1) f on true
cross join lateral (
    select * from occupancy
    where hospital = $1 and bed = b.entity_id and kind = 'occupied' and from_at < $3
      and coalesce(to_at, 'infinity') > coalesce(f.from_at, '-infinity') and (seq_to is null or seq_to > $5) offset 0) o
where b.hospital = $1 and b.entity = 'bed' and ($4::text[] is null or b.entity_id = any($4))
order by o.bed, o.seq_from
