-- name: of_visits
-- Whose visits these are. $1 hospital, $2 visit numbers
select entity_id as visit, patient from record where hospital = $1 and entity = 'visit' and entity_id = any($2::text[])

-- name: visits_of
-- A patient's visits. $1 hospital, $2 pseudonym
select body::text as body from record where hospital = $1 and entity = 'visit' and patient = $2 order by entity_id
