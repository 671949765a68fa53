-- name: pieces
-- The conditions of beds in a period, and of the two days before it, so that a stretch which began before is known from its beginning;
-- each bed's in order of time. $1 hospital, $2 from, $3 to, $4 ward or null
select bed, ward, from_at, least(coalesce(to_at, $3), $3) as to_at, status, stage, reserved, visit
from bed_interval
where hospital = $1 and from_at < $3 and coalesce(to_at, 'infinity') > $2::timestamptz - interval '2 days'
  and from_at < least(coalesce(to_at, $3), $3) and ($4::text is null or ward = $4)
order by bed, from_at

-- name: discharges
-- $1 hospital, $2 visits
select body from record where hospital = $1 and entity = 'discharge' and entity_id = any($2::text[])

-- name: learnt_late
-- Beds that were shown occupied after their patients had left: from the leaving until it was recorded, a minute or more later.
-- $1 hospital, $2 from, $3 to
select bed, ward, from_at, recorded_at from bed_interval
where hospital = $1 and from_at < $3 and from_at >= $2::timestamptz - interval '2 days' and recorded_at > $2
  and was = 'occupied' and status <> 'occupied' and recorded_at - from_at >= interval '1 minute'

-- name: found_empty
-- Beds that were shown occupied when somebody found them empty: from when that was in doubt until they were shown so no longer.
-- $1 hospital, $2 from, $3 to
select c.body ->> 'bed' as bed, c.body ->> 'ward' as ward, (c.body ->> 'raised_at')::timestamptz as raised_at,
       coalesce(gone.recorded_at, (c.body ->> 'answered_at')::timestamptz) as shown_until
from log c
cross join lateral (
    select status from bed_interval
    where hospital = c.hospital and bed = c.body ->> 'bed' and from_at <= (c.body ->> 'raised_at')::timestamptz
    order by from_at desc, seq desc limit 1
) then_shown
left join lateral (
    select recorded_at from bed_interval
    where hospital = c.hospital and bed = c.body ->> 'bed' and was = 'occupied' and status <> 'occupied'
      and recorded_at >= (c.body ->> 'raised_at')::timestamptz
    order by from_at, seq limit 1
) gone on true
where c.hospital = $1 and c.entity = 'check' and c.kind = 'check-answered' and c.recorded_at >= $2
  and c.recorded_at < $3::timestamptz + interval '2 days'
  and c.body ->> 'seen' in ('empty_clean', 'empty_dirty') and then_shown.status = 'occupied'
