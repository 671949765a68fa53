-- name: returns
-- Patients who left some beds in a period, and how many of them lay in one of them again within some hours, in whichever visit. A move from
-- one of these beds to another is no leaving. $1 hospital, $2 beds, $3 from, $4 to, $5 hours, $6 whether only who left the house counts
with gone as (
    select stay.holder, stay.to_at from occupancy stay
    where stay.hospital = $1 and stay.kind = 'occupied' and stay.seq_to is null and stay.bed = any($2::text[])
      and stay.from_at >= $3::timestamptz - interval '180 days' and stay.to_at >= $3 and stay.to_at < $4
      and not exists (
          select from occupancy on_ where on_.hospital = $1 and on_.holder = stay.holder and on_.kind = 'occupied' and on_.seq_to is null
            and coalesce(on_.to_at, 'infinity') > stay.to_at
            and ($6 or (on_.bed = any($2::text[]) and on_.from_at <= stay.to_at)))
)
select count(*) as gone, count(*) filter (where exists (
    select from record own
    join record visit on visit.hospital = $1 and visit.entity = 'visit'
        and (visit.entity_id = gone.holder or visit.patient = own.patient)
    join occupancy again on again.hospital = $1 and again.holder = visit.entity_id and again.kind = 'occupied' and again.seq_to is null
    where own.hospital = $1 and own.entity = 'visit' and own.entity_id = gone.holder and again.bed = any($2::text[])
      and again.from_at > gone.to_at and again.from_at <= gone.to_at + make_interval(hours => $5)
)) as again
from gone
