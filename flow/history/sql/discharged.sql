-- name: discharged
-- Visits that are finished, by the leaving of their last bed. $1 hospital, $2 start, $3 end
select distinct on (stay.holder) stay.bed, stay.to_at as left_at, visit.body ->> 'patient' as patient
from occupancy stay
join record visit on visit.hospital = $1 and visit.entity = 'visit' and visit.entity_id = stay.holder
    and visit.body #>> '{course,status}' = 'finished'
where stay.hospital = $1 and stay.kind = 'occupied' and stay.seq_to is null and stay.to_at >= $2 and stay.to_at < $3
    and not exists (
        select 1 from occupancy later
        where later.hospital = $1 and later.kind = 'occupied' and later.seq_to is null and later.holder = stay.holder
            and coalesce(later.to_at, 'infinity') > stay.to_at)
order by stay.holder, stay.from_at desc
