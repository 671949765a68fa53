-- name: pending
-- How many laboratory and imaging orders of each visit have no final result. $1 hospital, $2 visits, $3 the pseudonyms of their patients
select body ->> 'visit' as visit, count(*)::int as pending from record
where hospital = $1 and entity = 'note' and patient = any($3::text[]) and body ->> 'visit' = any($2::text[])
  and body ->> 'kind' in ('lab', 'imaging') and body ->> 'state' not in ('final', 'corrected', 'cancelled')
group by 1

-- name: one
-- The discharge of a visit as it stands. $1 hospital, $2 visit
select body::text as body from record where hospital = $1 and entity = 'discharge' and entity_id = $2

-- name: ended
-- The newest discharges that ended with the patient's leaving, newest first. $1 hospital, $2 from, $3 to, $4 most
select r.body::text as body from log l
join record r on r.hospital = l.hospital and r.entity = 'discharge' and r.entity_id = l.entity_id
where l.hospital = $1 and l.kind = 'discharge-ended' and l.recorded_at >= $2 and l.recorded_at < $3
  and r.body ->> 'ended_at' is not null and not (r.body ->> 'called_off')::boolean
order by l.seq desc limit $4
