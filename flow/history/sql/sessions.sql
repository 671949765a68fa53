-- name: start
-- $1 hospital, $2 digest, $3 account, $4 now, $5 proof, $6 address, $7 agent, $8 proven at, $9 station, $10 the provider's number for it
insert into session (hospital, digest, account, started_at, seen_at, proof, address, agent, proven_at, station, oidc_sid)
values ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10)

-- name: one
-- $1 hospital, $2 digest
select s.account, s.started_at, s.seen_at, s.proof, s.proven_at, s.oidc_sid, a.name, a.role, a.ward, a.oidc_subject is not null as provider, a.password_given as given,
       exists (select from authenticator t where t.hospital = s.hospital and t.account = s.account)
       or exists (select from passkey p where p.hospital = s.hospital and p.account = s.account) as has_second,
       s.station, d.name as station_name, d.ward as station_ward
from session s
join account a on a.hospital = s.hospital and a.id = s.account and a.disabled_at is null
left join device d on d.hospital = s.hospital and d.id = s.station and d.revoked_at is null
where s.hospital = $1 and s.digest = $2 and (s.station is null or d.id is not null)

-- name: touch
-- A sign of life. $1 hospital, $2 digest, $3 now
update session set seen_at = greatest(seen_at, $3) where hospital = $1 and digest = $2

-- name: prove
-- A factor was shown again. $1 hospital, $2 digest, $3 now
update session set proven_at = greatest(proven_at, $3) where hospital = $1 and digest = $2

-- name: of
-- Where an account is signed in. $1 hospital, $2 account
select s.digest, s.started_at, s.seen_at, s.proof, s.address, s.agent, s.station, a.role from session s
join account a on a.hospital = s.hospital and a.id = s.account
where s.hospital = $1 and s.account = $2 order by s.seen_at desc, s.started_at desc

-- name: end
-- $1 hospital, $2 digest
delete from session where hospital = $1 and digest = $2

-- name: end_all
-- Everywhere an account is signed in. $1 hospital, $2 account
delete from session where hospital = $1 and account = $2 returning digest

-- name: end_at
-- Whoever is at a ward station. $1 hospital, $2 device
delete from session where hospital = $1 and station = $2 returning digest

-- name: forget
-- Sessions older than any limit. $1 hospital, $2 started before
delete from session where hospital = $1 and started_at < $2

-- name: live
-- The sessions among these digests, with what tells whether they still hold. $1 hospital, $2 digests
select s.digest, s.started_at, s.seen_at, s.station, a.role from session s
join account a on a.hospital = s.hospital and a.id = s.account and a.disabled_at is null
left join device d on d.hospital = s.hospital and d.id = s.station and d.revoked_at is null
where s.hospital = $1 and s.digest = any($2::bytea[]) and (s.station is null or d.id is not null)

-- name: reply
-- The answer a key got. $1 hospital, $2 actor, $3 key
select digest, status, body from reply where hospital = $1 and actor = $2 and key = $3

-- name: keep_reply
-- $1 hospital, $2 actor, $3 key, $4 digest, $5 status, $6 body, $7 now
insert into reply (hospital, actor, key, digest, status, body, created_at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (hospital, actor, key) do nothing

-- name: forget_replies
-- $1 hospital, $2 made before
delete from reply where hospital = $1 and created_at < $2
