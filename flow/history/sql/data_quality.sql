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
