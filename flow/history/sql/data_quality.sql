-- name: cleans
-- Cleans that were done and became known in a period, without their cleaners: the work without its pauses. $1 hospital, $2 from, $3 to
select job.bed, job.ward, job.started_at, job.cleaned_at, job.ended_at, job.inspected_at is not null as inspected,
       extract(epoch from job.cleaned_at - job.started_at - pauses.time)::float8 as worked
from clean_job job
cross join lateral (
    select coalesce(sum(least(coalesce(to_at, job.cleaned_at), job.cleaned_at) - from_at), interval '0') as time
    from bed_interval
    where hospital = $1 and bed = job.bed and stage = 'suspended' and from_at >= job.started_at and from_at < job.cleaned_at
) pauses
where job.hospital = $1 and job.outcome = 'done' and job.started_at is not null and job.cleaned_at >= job.started_at
  and job.ended_at >= $2 and job.ended_at < $3

-- name: blocks
-- Empty clean beds that were taken out of use in a period. $1 hospital, $2 from, $3 to
select bed, ward, from_at, to_at from bed_interval
where hospital = $1 and status = 'maintenance' and was = 'available' and from_at >= $2 and from_at < $3

-- name: calls
-- Tokens that were called in a period, and when they were passed over, if that is what became of them. $1 hospital, $2 from, $3 to
select body ->> 'number' as number, body ->> 'clinic' as clinic, (body ->> 'called_at')::timestamptz as called_at,
       case when body ->> 'status' = 'skipped' then (body ->> 'closed_at')::timestamptz end as skipped_at
from record
where hospital = $1 and entity = 'token' and (body ->> 'called_at')::timestamptz >= $2 and (body ->> 'called_at')::timestamptz < $3
  and not coalesce((body ->> 'paper')::boolean, false)

-- name: dirty
-- Beds that wanted cleaning and were known to be clean in a period, whoever cleaned them: since when that was known, which is later than the
-- leaving where that was told late. $1 hospital, $2 from, $3 to
select job.bed, job.ward, greatest(job.asked_at, heard.at) as asked_at, job.ended_at
from clean_job job
left join lateral (
    select recorded_at as at from bed_interval
    where hospital = $1 and bed = job.bed and from_at = job.asked_at and status = 'cleaning' order by seq limit 1
) heard on true
where job.hospital = $1 and job.outcome = 'done' and job.ended_at >= $2 and job.ended_at < $3
  and job.ended_at > greatest(job.asked_at, heard.at)

-- name: promises
-- Beds promised or held in a period: whether a patient came to lie in them, and when the bed was last taken before. $1 hospital, $2 from,
-- $3 to
select promise.bed, place.ward, promise.from_at, promise.to_at, before.at as taken,
       exists (
           select from bed_interval
           where hospital = $1 and bed = promise.bed and status = 'occupied' and was is distinct from 'occupied'
             and from_at >= promise.from_at - interval '1 day' and recorded_at >= promise.from_at and recorded_at <= promise.to_at
       ) as came
from occupancy promise
cross join lateral (
    select ward from bed_interval
    where hospital = $1 and bed = promise.bed and from_at <= promise.from_at order by from_at desc, seq desc limit 1
) place
left join lateral (
    select recorded_at as at from bed_interval
    where hospital = $1 and bed = promise.bed and status = 'occupied' and was is distinct from 'occupied'
      and from_at <= promise.from_at and recorded_at < promise.from_at
    order by from_at desc, seq desc limit 1
) before on true
where promise.hospital = $1 and promise.kind = 'reserved' and promise.seq_to is null and promise.from_at >= $2 and promise.from_at < $3

-- name: leavings
-- Beds that patients left in a period, and when that was heard of; not what was entered from paper, which is late because the screens were
-- dark. $1 hospital, $2 from, $3 to
select gone.bed, gone.ward, gone.from_at, gone.recorded_at
from bed_interval gone
join log on log.hospital = gone.hospital and log.seq = gone.seq
where gone.hospital = $1 and gone.was = 'occupied' and gone.status <> 'occupied' and gone.from_at >= $2 and gone.from_at < $3
  and log.origin <> 'paper'
