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
