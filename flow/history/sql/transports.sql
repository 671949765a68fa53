-- name: times
-- How long the transports delivered in a period took, in minutes; each as it stands. $1 hospital, $2 from, $3 to, $4 wards or null
select count(*)::int as done,
       percentile_cont(0.5) within group (order by accept) as accept_p50, percentile_cont(0.9) within group (order by accept) as accept_p90,
       percentile_cont(0.5) within group (order by pick_up) as pick_up_p50, percentile_cont(0.9) within group (order by pick_up) as pick_up_p90,
       percentile_cont(0.5) within group (order by ride) as ride_p50, percentile_cont(0.9) within group (order by ride) as ride_p90,
       percentile_cont(0.5) within group (order by whole) as whole_p50, percentile_cont(0.9) within group (order by whole) as whole_p90
from (
    select extract(epoch from accepted_at - requested_at) / 60 as accept, extract(epoch from picked_up_at - accepted_at) / 60 as pick_up,
           extract(epoch from delivered_at - picked_up_at) / 60 as ride, extract(epoch from delivered_at - requested_at) / 60 as whole
    from log l
    join record r on r.hospital = l.hospital and r.entity = 'transport' and r.entity_id = l.entity_id and r.seq = l.seq
    cross join lateral json_to_record(r.body) as job(ward text, requested_at timestamptz, accepted_at timestamptz,
                                                      picked_up_at timestamptz, delivered_at timestamptz)
    where l.hospital = $1 and l.kind = 'transport-delivered' and l.recorded_at >= $2 and l.recorded_at < $3
      and ($4::text[] is null or ward = any($4::text[]))
) job
