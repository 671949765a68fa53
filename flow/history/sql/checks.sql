-- name: on_duty
-- Nurses who are signed in and have done something lately, by ward. $1 hospital, $2 seen since
select distinct a.ward, s.account from session s
join account a on a.hospital = s.hospital and a.id = s.account and a.disabled_at is null
where s.hospital = $1 and s.seen_at >= $2 and a.role = 'nurse' and a.ward is not null
order by a.ward, s.account

-- name: asked_since
-- How often each was asked to look at a bed since then. $1 hospital, $2 since
select body ->> 'asked' as nurse, count(distinct entity_id)::int as asked from log
where hospital = $1 and recorded_at >= $2 and entity = 'check' and kind = 'check-asked'
group by 1

-- name: looked
-- The checks raised in a period: how many, answered, answered otherwise than the bed was shown, and the median minutes until the answer.
-- $1 hospital, $2 from, $3 to, $4 ward or null
select count(*)::int as raised, count(c.body ->> 'answered_at')::int as answered,
       count(*) filter (where c.body ->> 'seen' is not null
                        and (shown.status = 'occupied') is distinct from (c.body ->> 'seen' = 'occupied'))::int as wrong,
       percentile_cont(0.5) within group (
           order by extract(epoch from (c.body ->> 'answered_at')::timestamptz - (c.body ->> 'raised_at')::timestamptz)::float8 / 60
       ) as median
from log raised
join record c on c.hospital = raised.hospital and c.entity = 'check' and c.entity_id = raised.entity_id
left join lateral (
    select status from bed_interval
    where hospital = raised.hospital and bed = c.body ->> 'bed' and from_at <= raised.at
    order by from_at desc, seq desc limit 1
) shown on true
where raised.hospital = $1 and raised.recorded_at >= $2 and raised.recorded_at < $3
  and raised.entity = 'check' and raised.kind = 'check-raised' and ($4::text is null or c.body ->> 'ward' = $4)
