-- name: lapsed
-- Requests cancelled or expired, the latest first, out of the last closed. $1 hospital, $2 since, $3 how many
select body::text as body from (
    select body, seq from record
    where hospital = $1 and entity = 'request' and not live
    order by seq desc limit 500) closed
where body ->> 'status' in ('cancelled', 'expired') and (body ->> 'closed_at')::timestamptz > $2
order by seq desc limit $3
