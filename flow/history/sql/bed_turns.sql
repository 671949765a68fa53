-- name: keep
-- The turns that came to an end in some entries of the log: from the request for cleaning to a ready bed.
-- $1 hospital, $2 after this Seq, $3 up to this one
insert into bed_turn (hospital, seq, bed, ward, type, began_at, ready_at)
select ready.hospital, ready.seq, ready.bed, ready.ward, ready.type, dirty.from_at, ready.from_at
from bed_interval ready
cross join lateral (
    select from_at from bed_interval
    where hospital = ready.hospital and bed = ready.bed and from_at <= ready.from_at and seq < ready.seq
      and status = 'cleaning' and was is distinct from 'cleaning'
    order by from_at desc, seq desc limit 1
) dirty
where ready.hospital = $1 and ready.seq > $2 and ready.seq <= $3 and ready.was = 'cleaning' and ready.status = 'available'
on conflict do nothing

-- name: clear
-- $1 hospital
delete from bed_turn where hospital = $1

-- name: minutes
-- Minutes from the request for cleaning to a ready bed, by ward, eight bytes a turn: of those kept, and of those of later entries of the
-- log. $1 hospital, $2 from, $3 to, $4 wards or null, $5 type or null, $6 kept up to this Seq
with turn as (
    select ward, type, minutes from bed_turn where hospital = $1 and ready_at >= $2 and ready_at < $3 and seq <= $6
    union all
    select ready.ward, ready.type, extract(epoch from ready.from_at - dirty.from_at)::float8 / 60
    from bed_interval ready
    cross join lateral (
        select from_at from bed_interval
        where hospital = ready.hospital and bed = ready.bed and from_at <= ready.from_at and seq < ready.seq
          and status = 'cleaning' and was is distinct from 'cleaning'
        order by from_at desc, seq desc limit 1
    ) dirty
    where ready.hospital = $1 and ready.seq > $6 and ready.was = 'cleaning' and ready.status = 'available'
      and ready.from_at >= $2 and ready.from_at < $3
)
select ward, string_agg(float8send(minutes), '') as minutes
from turn where minutes >= 1 and ($4::text[] is null or ward = any($4::text[])) and ($5::text is null or type = $5)
group by ward
