-- name: page
-- Visits by number. $1 hospital, $2 statuses or null, $3 after this number or null, $4 how many
select body::text as body from record
where hospital = $1 and entity = 'visit' and ($2::text[] is null or body -> 'course' ->> 'status' = any($2::text[]))
  and ($3::text is null or entity_id > $3)
order by entity_id limit $4

-- name: one
-- A visit; of a number that was merged away (it kept no facts) the visit it goes on as. $1 hospital, $2 number
with recursive found as (
    select body, 0 as steps from record where hospital = $1 and entity = 'visit' and entity_id = $2
    union all
    select r.body, f.steps + 1 from found f
    join record r on r.hospital = $1 and r.entity = 'visit' and r.entity_id = f.body ->> 'merged_into'
    where json_array_length(f.body -> 'facts') = 0 and f.steps < 20
)
select body::text as body from found order by steps desc limit 1

-- name: orders
-- The newest word on each order of a visit, oldest first. $1 hospital, $2 visit, $3 pseudonym of its patient
select body::text as body from record
where hospital = $1 and entity = 'note' and patient = $3 and body ->> 'visit' = $2 order by body ->> 'at', entity_id
