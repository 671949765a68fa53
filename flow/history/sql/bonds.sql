-- name: bound
-- The account of what a provider calls somebody. $1 hospital, $2 issuer, $3 subject
select id, name, role, ward, disabled_at, true as provider, false as given from account where hospital = $1 and oidc_issuer = $2 and oidc_subject = $3

-- name: bind
-- A new account, unless its name or its subject is taken. $1 hospital, $2 id, $3 name, $4 role, $5 ward or null, $6 now, $7 issuer, $8 subject
insert into account (hospital, id, name, role, ward, created_at, oidc_issuer, oidc_subject) values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing returning id

-- name: follow
-- Name, role and ward as the provider has them now; a closed account keeps its own. Where role or ward are others, sessions of before end.
-- $1 hospital, $2 id, $3 name, $4 role, $5 ward or null, $6 now
with ended as (
    delete from session s using account a
    where s.hospital = $1 and s.account = $2 and a.hospital = $1 and a.id = $2 and (a.role is distinct from $4 or a.ward is distinct from $5)
)
update account set name = $3, role = $4, ward = $5, vouched_at = greatest(vouched_at, $6) where hospital = $1 and id = $2 and oidc_subject is not null and disabled_at is null

-- name: vouch
-- The provider has said once more who somebody is. $1 hospital, $2 id, $3 now
update account set vouched_at = greatest(vouched_at, $3) where hospital = $1 and id = $2 and oidc_subject is not null

-- name: end_sid
-- The sessions that the provider knows by a number. $1 hospital, $2 issuer, $3 number
delete from session s using account a
where s.hospital = $1 and s.oidc_sid = $3 and a.hospital = $1 and a.id = s.account and a.oidc_issuer = $2
returning s.digest, s.account
