-- name: digests
-- How many digests of ABHA numbers were made with which key. $1 hospital
select key_id as key, count(*) as rows from abha where hospital = $1 group by 1

-- name: drop_digests
-- Digests of older keys, once every person has those of the newest. $1 hospital, $2 the newest key, $3 its header
delete from abha where hospital = $1 and key_id <> $2
  and not exists (select from person where hospital = $1 and substring(sealed from 1 for 3) <> $3)

-- name: alone
-- Nobody else changes the key file meanwhile. $1 hospital
select pg_advisory_xact_lock(hashtextextended('bedflow keys ' || $1, 0))
