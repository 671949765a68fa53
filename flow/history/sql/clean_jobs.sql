-- name: put
-- Jobs that are over, the newest word on each. $1 hospital, then arrays of equal length
insert into clean_job (hospital, id, bed, ward, why, kind, stat, cleaner, asked_at, acknowledged_at, started_at, cleaned_at, inspected_at,
                       failed, passed, ended_at, outcome, freed, seq)
select $1, n.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::timestamptz[],
    $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::int[], $15::int[], $16::timestamptz[], $17::text[],
    $18::text[], $19::bigint[]) as n
on conflict (hospital, id) do update set
    kind = excluded.kind, stat = excluded.stat, cleaner = excluded.cleaner, acknowledged_at = excluded.acknowledged_at,
    started_at = excluded.started_at, cleaned_at = excluded.cleaned_at, inspected_at = excluded.inspected_at, failed = excluded.failed,
    passed = excluded.passed, ended_at = excluded.ended_at, outcome = excluded.outcome, freed = excluded.freed, seq = excluded.seq

-- name: reopen
-- Jobs that are open again (a tap was taken back, an inspection failed). $1 hospital, $2 ids
delete from clean_job where hospital = $1 and id = any($2::text[])

-- name: clear
-- $1 hospital
delete from clean_job where hospital = $1

-- name: times
-- Response, clean and turn of the jobs done in a period, in minutes, of the house (ward null) and of each ward; a clean without its pauses.
-- $1 hospital, $2 from, $3 to, $4 wards or null
select ward, count(*) as done,
       count(*) filter (where stat) as stat,
       count(response) as responses, percentile_cont(0.5) within group (order by response) as response_p50,
       percentile_cont(0.9) within group (order by response) as response_p90,
       count(clean) as cleans, percentile_cont(0.5) within group (order by clean) as clean_p50,
       percentile_cont(0.9) within group (order by clean) as clean_p90,
       count(turn) as turns, percentile_cont(0.5) within group (order by turn) as turn_p50,
       percentile_cont(0.9) within group (order by turn) as turn_p90,
       count(*) filter (where inspected_at is not null) as inspected, count(*) filter (where failed > 0) as failed,
       count(*) filter (where freed = 'ed') as freed
from (
    select job.ward, stat, inspected_at, failed, freed,
           extract(epoch from started_at - asked_at) / 60 as response,
           extract(epoch from cleaned_at - started_at - pauses.time) / 60 as clean,
           extract(epoch from ended_at - asked_at) / 60 as turn
    from clean_job job
    cross join lateral (
        select coalesce(sum(least(coalesce(to_at, cleaned_at), cleaned_at) - from_at), interval '0') as time
        from bed_interval
        where hospital = job.hospital and bed = job.bed and from_at >= job.started_at and from_at < job.cleaned_at and stage = 'suspended'
    ) pauses
    where hospital = $1 and outcome = 'done' and ended_at >= $2 and ended_at < $3 and ($4::text[] is null or ward = any($4::text[]))
) job
group by grouping sets ((), (ward))

-- name: by_cleaner
-- What each has done in a period; a clean without its pauses. $1 hospital, $2 from, $3 to
select cleaner, count(*) as done,
       percentile_cont(0.5) within group (order by extract(epoch from cleaned_at - started_at - pauses.time) / 60) as clean_p50,
       count(*) filter (where freed = 'ed') as freed
from clean_job job
cross join lateral (
    select coalesce(sum(least(coalesce(to_at, cleaned_at), cleaned_at) - from_at), interval '0') as time
    from bed_interval
    where hospital = job.hospital and bed = job.bed and from_at >= job.started_at and from_at < job.cleaned_at and stage = 'suspended'
) pauses
where hospital = $1 and outcome in ('done', 'overtaken') and cleaned_at is not null and cleaner is not null and ended_at >= $2 and ended_at < $3
group by cleaner

-- name: latest
-- The jobs that ended last. $1 hospital, $2 since, $3 how many at most
select id, bed, ward, why, kind, stat, cleaner, asked_at, acknowledged_at, started_at, cleaned_at, inspected_at, failed, passed, ended_at,
       outcome, freed
from clean_job where hospital = $1 and ended_at >= $2 order by ended_at desc limit $3
