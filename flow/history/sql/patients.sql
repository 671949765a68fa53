-- name: of_visits
-- Whose visits these are. $1 hospital, $2 visit numbers
select entity_id as visit, patient from record where hospital = $1 and entity = 'visit' and entity_id = any($2::text[])
