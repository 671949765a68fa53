-- name: page
-- Visits by number. $1 hospital, $2 statuses or null, $3 after this number or null, $4 how many
select body::text as body from record
where hospital = $1 and entity = 'visit' and ($2::text[] is null or body -> 'course' ->> 'status' = any($2::text[]))
  and ($3::text is null or entity_id > $3)
order by entity_id limit $4

-- name: one
-- $1 hospital, $2 number
select body::text as body from record where hospital = $1 and entity = 'visit' and entity_id = $2
