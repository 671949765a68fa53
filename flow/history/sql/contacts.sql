-- name: put
-- $1 hospital, $2 pseudonym, $3 sealed, $4 now, $5 who wrote it down
insert into contact (hospital, patient, sealed, consented_at, consented_by) values ($1, $2, $3, $4, $5)
on conflict (hospital, patient)
do update set sealed = excluded.sealed, consented_at = excluded.consented_at, consented_by = excluded.consented_by

-- name: get
-- $1 hospital, $2 pseudonyms
select patient, sealed from contact where hospital = $1 and patient = any($2::text[])

-- name: known
-- Which of these want to be told. $1 hospital, $2 pseudonyms
select patient from contact where hospital = $1 and patient = any($2::text[])

-- name: forget_tokens
-- Numbers given for a token alone (flow.domain.opd_near.holder). $1 hospital, $2 given before
delete from contact where hospital = $1 and patient like 'token/%' and consented_at < $2

-- name: forget
-- $1 hospital, $2 pseudonym
delete from contact where hospital = $1 and patient = $2
