-- name: put
-- $1 hospital, $2 id, $3 account, $4 public key, $5 uses, $6 name, $7 now
insert into passkey (hospital, id, account, public_key, uses, name, made_at) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing returning id

-- name: one
-- With the account, unless that is closed. $1 hospital, $2 id
select p.id, p.public_key, p.uses, p.name, p.made_at, p.used_at, a.id as account, a.name as person, a.role, a.ward,
       a.oidc_subject is not null as provider, a.password_given as given
from passkey p join account a on a.hospital = p.hospital and a.id = p.account and a.disabled_at is null
where p.hospital = $1 and p.id = $2

-- name: list
-- $1 hospital, $2 account
select id, name, made_at, used_at from passkey where hospital = $1 and account = $2 order by made_at, id

-- name: used
-- $1 hospital, $2 id, $3 uses, $4 now
update passkey set uses = $3, used_at = $4 where hospital = $1 and id = $2

-- name: rename
-- $1 hospital, $2 account, $3 id, $4 name
update passkey set name = $4 where hospital = $1 and account = $2 and id = $3 returning id

-- name: drop
-- $1 hospital, $2 account, $3 id
delete from passkey where hospital = $1 and account = $2 and id = $3 returning id

-- name: drop_all
-- $1 hospital, $2 account
delete from passkey where hospital = $1 and account = $2

-- name: challenge
-- $1 hospital, $2 digest, $3 purpose, $4 until
insert into passkey_challenge (hospital, digest, purpose, expires_at) values ($1, $2, $3, $4)

-- name: tidy
-- Those that have run out. $1 hospital, $2 now
delete from passkey_challenge where hospital = $1 and expires_at < $2

-- name: take
-- A challenge, once. $1 hospital, $2 digest, $3 purpose, $4 now
delete from passkey_challenge where hospital = $1 and digest = $2 and purpose = $3 and expires_at >= $4 returning digest
