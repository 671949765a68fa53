-- name: give
-- A consent that holds already stays as it was given. $1 hospital, $2 pseudonym, $3 purpose, $4 now, $5 by whom taken, $6 how
insert into consent (hospital, patient, purpose, given_at, given_by, how) values ($1, $2, $3, $4, $5, $6)
on conflict (hospital, patient, purpose) where ended_at is null do nothing

-- name: end
-- $1 hospital, $2 pseudonym, $3 purpose, $4 now, $5 by whom, $6 how
update consent set ended_at = $4, ended_by = $5, ended_how = $6
where hospital = $1 and patient = $2 and purpose = $3 and ended_at is null
returning id

-- name: end_tokens
-- Those given for one day's token. $1 hospital, $2 given before, $3 now, $4 by whom, $5 how
update consent set ended_at = $3, ended_by = $4, ended_how = $5
where hospital = $1 and patient like 'token/%' and given_at < $2 and ended_at is null

-- name: of
-- $1 hospital, $2 pseudonyms
select id, patient, purpose, given_at, given_by, how, ended_at, ended_by, ended_how from consent
where hospital = $1 and patient = any($2::text[]) order by id desc limit 200
